import { shellQuote } from '../../../text/shell_quote';
import type { Daemon, Facts, HookFile } from '../facts';
import type { Finding } from '../finding';
import type { FindingCode } from '../finding_code';

const NEEDED = ['daemon', 'qemu', 'network'];
/** How long after its start a daemon has called its hook at the latest. */
const START_MS = 60_000;

/** The dispatchers: there, executable, ours, of this version; and known to the daemons that run. */
export function checkHooks(facts: Facts): Finding[] {
  const { hooks, version, root } = facts;
  const wrong = hooks.flatMap((hook) => checkHook(hook, version));
  const findings: Finding[] =
    wrong.length > 0
      ? wrong
      : [
          {
            item: 'hooks',
            code: 'ok',
            level: 'ok',
            message: `the hooks in ${root} are of kvmvlan ${version}`,
            remedy: null,
          },
        ];
  return [...findings, checkDaemons(facts), ...checkStarted(facts), ...checkAlso(facts)];
}

function checkHook({ driver, path, file }: HookFile, version: string): Finding[] {
  const item = 'hooks';
  const remedy = 'sudo ./install.sh';
  const is = (code: FindingCode, level: Finding['level'], message: string, how = remedy): Finding[] => [
    { item, code, level, message, remedy: how },
  ];
  if (file === null)
    return NEEDED.includes(driver)
      ? is('hook-missing', 'failure', `there is no hook ${path}: libvirt calls nothing`)
      : [];
  if (!file.isExecutable)
    return is(
      'hook-not-executable',
      'failure',
      `${path} is not executable: libvirt passes over it`,
      `sudo chmod 755 ${shellQuote(path)}`,
    );
  if (file.version === null)
    return NEEDED.includes(driver)
      ? is(
          'hook-foreign',
          'failure',
          `${path} is not kvmvlan's; install.sh keeps it and puts ours in its place`,
        )
      : [];
  if (file.version !== version)
    return is(
      'hook-other-version',
      'warning',
      `${path} is of kvmvlan ${file.version}, this command of ${version}`,
    );
  return [];
}

function checkDaemons({ daemons }: Facts): Finding {
  const item = 'daemons';
  const names = daemons.map(({ name }) => name);
  if (names.includes('libvirtd') && names.includes('virtqemud')) {
    const message = 'both the monolithic libvirtd and the modular virtqemud run: guests have two masters';
    return {
      item,
      code: 'two-daemons',
      level: 'failure',
      message,
      remedy: 'sudo systemctl disable --now libvirtd.service libvirtd.socket',
    };
  }
  if (names.includes('libvirtd'))
    return { item, code: 'ok', level: 'ok', message: 'the monolithic libvirtd runs', remedy: null };
  if (names.length > 0)
    return {
      item,
      code: 'ok',
      level: 'ok',
      message: `modular daemons run: ${names.join(', ')}`,
      remedy: null,
    };
  const message = 'no daemon of libvirt runs now; modular ones are started when they are needed';
  return { item, code: 'ok', level: 'ok', message, remedy: null };
}

/**
 * Whether a hook is there is looked up when a daemon starts or reloads (virhook.c virHookInitialize). One that was there
 * and has been replaced since is called all the same.
 */
function checkStarted({ daemons, hooks, calls, isRoot }: Facts): Finding[] {
  return daemons.flatMap((daemon): Finding[] => {
    const { name, startedAt, isStale } = daemon;
    const own = hooks.filter(({ driver, file }) => file !== null && driversOf(name).includes(driver));
    const late = own.filter(({ file }) => isStale || (file?.changedAt ?? 0) > (startedAt ?? Infinity));
    if (late.length === 0 || hasCalled(daemon, late, calls)) return [];
    const names = late.map(({ driver }) => driver).join(', ');
    if (!isRoot && !isStale) {
      const message = `whether ${name} knows the hooks is told by a log that root only may read`;
      return [{ item: 'reload', code: 'not-known', level: 'unknown', message, remedy: 'sudo kvmvlan check' }];
    }
    const message = isStale
      ? `${name} runs since before the hooks were installed (${names}), and does not know of them`
      : `${name} may not know of the hooks yet (${names}): they are newer than it, and it has not called any`;
    return [
      {
        item: 'reload',
        code: 'reload-needed',
        level: 'warning',
        message,
        remedy: `sudo systemctl reload ${name}`,
      },
    ];
  });
}

/** Whether the log shows that a daemon knows the hooks: they are installed together, so that it knows all or none. */
function hasCalled(
  { name, startedAt, isStale }: Daemon,
  late: readonly HookFile[],
  calls: Facts['calls'],
): boolean {
  // After its start it has been told of them by a reload only.
  const since = isStale ? Math.max(...late.map(({ file }) => file?.changedAt ?? 0)) : (startedAt ?? 0);
  const isSince = (driver: string): boolean => calls.get(driver)?.some((time) => time >= since) === true;
  const [daemon = '', ...others] = driversOf(name);
  if (name === 'libvirtd') return [daemon, ...others].some(isSince);
  // All modular daemons call the one hook `daemon`: that which came as this one started is its own.
  const isAtStart = (time: number): boolean => time >= since && time < since + START_MS;
  return others.some(isSince) || calls.get(daemon)?.some(isAtStart) === true;
}

/** The hooks that a daemon calls, `daemon` first. */
function driversOf(name: string): readonly string[] {
  const own: Readonly<Record<string, string>> = {
    virtqemud: 'qemu',
    virtnetworkd: 'network',
    virtlxcd: 'lxc',
    virtxend: 'libxl',
  };
  return name === 'libvirtd' ? NEEDED : ['daemon', ...(own[name] === undefined ? [] : [own[name]])];
}

function checkAlso({ alsoRunByLibvirt, root }: Facts): Finding[] {
  return alsoRunByLibvirt.map((path) => ({
    item: 'qemu.d',
    code: 'also-run-by-libvirt',
    level: 'warning',
    message: `${path} is run by libvirt itself (6.5.0 and later) in every phase, after kvmvlan's scripts`,
    remedy: `sudo mv ${shellQuote(path)} ${shellQuote(`${root}/qemu_started_begin.d/`)}   # or the folder of the phase it is for`,
  }));
}
