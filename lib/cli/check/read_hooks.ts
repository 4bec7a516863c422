import { join } from 'node:path';
import { readDispatchLogs } from '../../dispatch/dispatch_logs';
import { DRIVER_NAMES } from '../../model/libvirt/phases';
import { readBundle } from '../../model/read_bundle';
import { parseDispatchLog } from '../log/log_parse';
import type { CheckIo } from './check_io';
import type { Facts, HookFile } from './facts';

/** The dispatchers, the times of their calls, and other files that libvirt runs. */
export function readHooks(io: CheckIo, root: string): Pick<Facts, 'hooks' | 'calls' | 'alsoRunByLibvirt'> {
  const calls = new Map<string, number[]>();
  const lines = readDispatchLogs(root, (path) => io.text(path));
  for (const { time, call } of parseDispatchLog(lines)) {
    const [driver] = call;
    const ofDriver = calls.get(driver) ?? [];
    if (time !== null) ofDriver.push(Date.parse(time));
    calls.set(driver, ofDriver);
  }
  return {
    hooks: DRIVER_NAMES.map((driver) => readHook(io, root, driver)),
    calls,
    alsoRunByLibvirt: DRIVER_NAMES.flatMap((driver) => {
      const folder = join(root, `${driver}.d`);
      return (io.names(folder) ?? [])
        .map((name) => join(folder, name))
        .filter((path) => {
          const stat = io.stat(path);
          return stat !== null && stat.isFile && stat.isExecutable;
        });
    }),
  };
}

function readHook(io: CheckIo, root: string, driver: string): HookFile {
  const path = join(root, driver);
  const stat = io.stat(path);
  if (stat === null) return { driver, path, file: null };
  const { name, version, node } = readBundle(io.text(path) ?? '');
  const home = io.stat(root)?.realPath ?? root;
  const leadsOut = stat.isLink && !stat.realPath.startsWith(`${home}/`);
  return {
    driver,
    path,
    file: {
      isExecutable: stat.isExecutable && stat.isFile,
      linksTo: leadsOut ? stat.realPath : null,
      version: name === driver ? version : null,
      node: node !== null && io.stat(node)?.isExecutable === true ? node : null,
      changedAt: stat.changedAt,
    },
  };
}
