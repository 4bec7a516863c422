import type { HookCall } from './hook_call';

/** What libvirt writes to a hook's standard input. */
export type Input = 'nothing' | 'domain' | 'network';

/** What a failing script means for the hook's exit status. */
export type OnFailure =
  /** 1: libvirt aborts, and nothing has run yet. */
  | 'abort'
  /** 0, because libvirt would kill what has just started; 1 only if conf says `on-failure = abort`. */
  | 'report'
  /** 1: libvirt ignores it, but logs the hook's standard error. */
  | 'logged'
  /** Always 0: libvirt would kill a running guest. */
  | 'never';

/** One row of libvirt's contract. */
export interface Phase {
  readonly driver: string;
  readonly operation: string;
  readonly suboperation: string;
  readonly input: Input;
  /** In filter phases the scripts' output replaces the XML. Everywhere else libvirt gets none. */
  readonly isFilter: boolean;
  readonly onFailure: OnFailure;
  /** Whether the scripts after one that failed are not run. */
  readonly stopsAtFailure: boolean;
  /** What libvirt does when the hook fails; for the documentation. */
  readonly libvirt: string;
}

/** The columns of a row of the table. */
type Row = readonly [operation: string, sub: string, onFailure: OnFailure, libvirt: string];

// libvirt 9.0.0 .. 12.5: virhook.c and its callers in qemu_process.c, qemu_migration.c, qemu_saveimage.c,
// lxc_process.c, libxl_domain.c, libxl_migration.c, bridge_driver.c.
const GUEST: readonly Row[] = [
  ['prepare', 'begin', 'abort', 'aborts the start'],
  ['start', 'begin', 'abort', 'aborts the start'],
  ['started', 'begin', 'report', 'kills the guest that has just started'],
  ['stopped', 'end', 'logged', 'ignores it'],
  ['release', 'end', 'logged', 'ignores it'],
  ['reconnect', 'begin', 'never', 'kills the running guest'],
];
const MIGRATE: Row = ['migrate', 'begin', 'abort', 'cancels the incoming migration'];
const DRIVERS: Readonly<Record<string, { input: Input; rows: readonly Row[] }>> = {
  daemon: {
    input: 'nothing',
    rows: [
      ['start', '-', 'logged', 'ignores it'],
      ['shutdown', '-', 'logged', 'ignores it'],
      ['reload', 'begin', 'logged', 'ignores it'],
    ],
  },
  qemu: {
    input: 'domain',
    rows: [
      ...GUEST,
      ['attach', 'begin', 'report', 'has not called it since 5.5.0'],
      MIGRATE,
      ['restore', 'begin', 'abort', 'aborts the restore'],
    ],
  },
  lxc: { input: 'domain', rows: GUEST },
  libxl: { input: 'domain', rows: [...GUEST, MIGRATE] },
  network: {
    input: 'network',
    rows: [
      ['start', 'begin', 'abort', 'aborts the network'],
      ['started', 'begin', 'report', 'aborts the network'],
      ['stopped', 'end', 'logged', 'ignores it'],
      ['port-created', 'begin', 'abort', "fails the port, and so the guest's start"],
      ['updated', 'begin', 'logged', 'reports an error, after the change is already applied'],
      ['port-deleted', 'begin', 'logged', 'ignores it'],
    ],
  },
};

const FILTERS = ['migrate', 'restore'];
const STOP_AT_FAILURE = ['prepare', 'start'];

/** libvirt's contract with its hooks: every call that it makes on Linux. */
export const PHASES: readonly Phase[] = Object.entries(DRIVERS).flatMap(([driver, { input, rows }]) =>
  rows.map(([operation, suboperation, onFailure, libvirt]) => ({
    driver,
    operation,
    suboperation,
    input,
    isFilter: FILTERS.includes(operation),
    onFailure,
    stopsAtFailure: input === 'domain' && STOP_AT_FAILURE.includes(operation),
    libvirt,
  })),
);

/** The names of the dispatchers. */
export const DRIVER_NAMES: readonly string[] = Object.keys(DRIVERS);

/** The row of a call. A call that no current libvirt makes is dispatched by its name and is never fatal. */
export function phaseOf({ driver, operation, suboperation }: HookCall): Phase {
  const known = PHASES.find(
    (phase) =>
      phase.driver === driver &&
      phase.operation === operation &&
      (driver === 'daemon' || phase.suboperation === suboperation),
  );
  if (known !== undefined) return known;
  // A new sub-operation must not make reconnect fatal. It is not a filter phase until that is known.
  const like = PHASES.find((phase) => phase.driver === driver && phase.operation === operation);
  const onFailure = like?.onFailure === 'never' ? 'never' : 'report';
  const unknown = { isFilter: false, stopsAtFailure: false, libvirt: 'is not known to make this call' };
  return {
    driver,
    operation,
    suboperation,
    input: DRIVERS[driver]?.input ?? 'nothing',
    ...unknown,
    onFailure,
  };
}

/** The phase as folders and logs are named after it: `qemu_start_begin`, `daemon_start`. */
export function phaseName({ driver, operation, suboperation }: HookCall): string {
  return driver === 'daemon' ? `daemon_${operation}` : `${driver}_${operation}_${suboperation}`;
}
