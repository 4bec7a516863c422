/** One call that libvirt makes on Linux. Source: libvirt 9.0.0 to 12.5, the callers of virHookCall. */
export interface Row {
  readonly driver: string;
  readonly operation: string;
  readonly suboperation: string;
  /** The last arguments that come with it. */
  readonly extra: readonly string[];
  /** What libvirt writes to standard input. */
  readonly stdin: 'nothing' | 'domain' | 'network';
  /** Whether standard output takes the place of the XML. */
  readonly isFilter?: true;
  /** What an exit status other than 0 does. */
  readonly nonZero: 'ignored' | 'aborts' | 'kills' | 'too late';
}

/** virhook.c virHookCallRelease (libvirt 10.5.0): why a guest's resources are given back. */
const REASONS = [
  '-',
  'unknown',
  'shutdown',
  'destroyed',
  'crashed',
  'migrated',
  'saved',
  'failed',
  'from snapshot',
  'daemon',
];
const NONE = ['-'];

function guest(driver: string): Row[] {
  const at = { driver, stdin: 'domain' } as const;
  return [
    { ...at, operation: 'prepare', suboperation: 'begin', extra: NONE, nonZero: 'aborts' },
    { ...at, operation: 'start', suboperation: 'begin', extra: NONE, nonZero: 'aborts' },
    { ...at, operation: 'started', suboperation: 'begin', extra: NONE, nonZero: 'kills' },
    { ...at, operation: 'stopped', suboperation: 'end', extra: NONE, nonZero: 'ignored' },
    { ...at, operation: 'release', suboperation: 'end', extra: REASONS, nonZero: 'ignored' },
    { ...at, operation: 'reconnect', suboperation: 'begin', extra: NONE, nonZero: 'kills' },
  ];
}

const migrate = (driver: string): Row => ({
  driver,
  operation: 'migrate',
  suboperation: 'begin',
  extra: NONE,
  stdin: 'domain',
  isFilter: true,
  nonZero: 'aborts',
});
const daemon = { driver: 'daemon', stdin: 'nothing', nonZero: 'ignored' } as const;
const network = { driver: 'network', stdin: 'network', extra: NONE } as const;

/** Every call, as libvirt's documentation and sources have it. */
export const CONTRACT: readonly Row[] = [
  { ...daemon, operation: 'start', suboperation: '-', extra: ['start'] },
  { ...daemon, operation: 'shutdown', suboperation: '-', extra: ['shutdown'] },
  { ...daemon, operation: 'reload', suboperation: 'begin', extra: ['SIGHUP'] },
  ...guest('qemu'),
  {
    driver: 'qemu',
    operation: 'attach',
    suboperation: 'begin',
    extra: NONE,
    stdin: 'domain',
    nonZero: 'kills',
  },
  migrate('qemu'),
  { ...migrate('qemu'), operation: 'restore' },
  ...guest('lxc'),
  ...guest('libxl'),
  migrate('libxl'),
  { ...network, operation: 'start', suboperation: 'begin', nonZero: 'aborts' },
  { ...network, operation: 'started', suboperation: 'begin', nonZero: 'kills' },
  { ...network, operation: 'stopped', suboperation: 'end', nonZero: 'ignored' },
  { ...network, operation: 'port-created', suboperation: 'begin', nonZero: 'aborts' },
  { ...network, operation: 'updated', suboperation: 'begin', nonZero: 'too late' },
  { ...network, operation: 'port-deleted', suboperation: 'begin', nonZero: 'ignored' },
];
