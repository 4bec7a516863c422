import type { CheckIo } from './check_io';
import type { Daemon } from './facts';

/** The daemons that call hooks. */
const NAMES = ['libvirtd', 'virtqemud', 'virtnetworkd', 'virtlxcd', 'virtxend'];
/** Clock ticks per second in /proc/<pid>/stat: 100 on every Linux that runs KVM (sysconf(_SC_CLK_TCK)). */
const TICKS = 100;

/** The package writes here which daemons do not know the hooks: `PID START NAME`, the start in ticks. */
const RELOAD_NEEDED = '/run/kvmvlan/reload-needed';

/** The running daemons of libvirt, from /proc. */
export function readDaemons(io: CheckIo): Daemon[] {
  const stale = (io.text(RELOAD_NEEDED) ?? '').split('\n');
  const bootedAt = Number(/^btime (\d+)$/m.exec(io.text('/proc/stat') ?? '')?.[1] ?? NaN) * 1000;
  return (io.names('/proc') ?? []).flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    const name = (io.text(`/proc/${pid}/comm`) ?? '').trim();
    if (!NAMES.includes(name)) return [];
    // The fields after the name in parentheses: the first here is field 3, the start is field 22 (proc(5)).
    const fields = (io.text(`/proc/${pid}/stat`) ?? '').replace(/^.*\) /s, '').split(' ');
    const startedAt = bootedAt + (Number(fields[19] ?? NaN) / TICKS) * 1000;
    const label = io.text(`/proc/${pid}/attr/current`)?.replace(/[\0\s]+$/, '') ?? '';
    return [
      {
        name,
        pid: Number(pid),
        startedAt: Number.isFinite(startedAt) ? startedAt : null,
        label: label === '' ? null : label,
        isStale: stale.includes(`${pid} ${fields[19] ?? ''} ${name}`),
      },
    ];
  });
}
