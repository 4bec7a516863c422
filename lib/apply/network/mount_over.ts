import { whyFailed } from '../../model/describe_end';
import type { HostIo } from '../../model/io';
import { KnownError } from '../../model/known_error';
import { shellCommand } from '../../text/shell_quote';

type Io = Pick<HostIo, 'exec' | 'readText'>;

/** How often an unmount is tried: mounts of one place can lie on top of each other. */
const MAX_MOUNTS = 8;

/** Hides `over` behind `path` until it is unmounted, or the host reboots. Throws KnownError. */
export async function mountOver(path: string, over: string, io: Io): Promise<void> {
  await unmountFrom(over, io);
  const result = await io.exec('mount', ['--bind', path, over]);
  if (result.ok) return;
  throw new KnownError(
    `cannot hide ${over} while the change is tried: mount: ${whyFailed(result)}`,
    `Find out why \`${shellCommand(['mount', '--bind', path, over])}\` fails.`,
  );
}

/** Shows the file itself again. Does nothing if nothing hides it. Throws KnownError. */
export async function unmountFrom(over: string, io: Io): Promise<void> {
  for (let nth = 0; nth < MAX_MOUNTS && isMounted(over, io); nth++) {
    const result = await io.exec('umount', [over]);
    if (!result.ok)
      throw new KnownError(
        `cannot show ${over} again: umount: ${whyFailed(result)}`,
        `Run \`${shellCommand(['umount', over])}\`, then \`kvmvlan undo\` again.`,
      );
  }
}

/** Source: proc_pid_mountinfo(5): the fifth field is the mount point, with octal escapes. */
function isMounted(path: string, io: Io): boolean {
  const unescape = (text: string): string =>
    text.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
  const lines = (io.readText('/proc/self/mountinfo') ?? '').split('\n');
  return lines.some((line) => unescape(line.split(' ')[4] ?? '') === path);
}
