import { Exit, KnownError } from '../../model/known_error';
import { makeSnapshot } from '../../system/files/make_snapshot';
import type { Command } from '../command';
import { findExecutables } from '../executables';
import { snapshotState } from './snapshot_state';

export const snapshot: Command = {
  command: 'snapshot',
  describe: 'make the snapshot from which hooks and commands start faster; the package also makes it',
  examples: [['sudo kvmvlan snapshot', 'after node was upgraded, or when `kvmvlan check` says so']],
  options: (yargs) => yargs,
  run: async (_args, context) => {
    const { io, root, stdout, stderr, version } = context;
    if (!io.isRoot)
      throw new KnownError('only root may make the start-up snapshot', 'Run `sudo kvmvlan snapshot`.');
    const found = findExecutables(root, (path) => io.readText(path), process.execPath);
    if (found === null)
      throw new KnownError(`${root}/bin/kvmvlan does not exist`, 'Install kvmvlan, or use another --root.');
    const { without, fault } = await snapshotState(found, version, io);
    if (without.length === 0 && fault === null) {
      stdout('The start-up snapshot already exists.\n');
      return Exit.done;
    }
    const said = await makeSnapshot(found.all, found.kvmvlan, version, io.exec);
    stdout('Made the start-up snapshot.\n');
    if (said !== '')
      stderr(
        `It works, but starts from it may be slower than usual. Please report this message of node:\n${said}\n`,
      );
    return Exit.done;
  },
};
