import { shellQuote } from '../../../text/shell_quote';
import type { Daemon, Facts, HookFile } from '../facts';
import type { Finding } from '../finding';
import type { FindingCode } from '../finding_code';
import { REINSTALL } from '../reinstall';

const NEEDED = ['daemon', 'qemu', 'network'];
/** A daemon calls its hook within this time after its start, in milliseconds. */
const START_MS = 60_000;

/** Checks that the dispatchers exist, are executable, belong to this version, and are known to the running daemons. */
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
            message: `the hooks in ${root} belong to kvmvlan ${version}`,
            remedy: null,
          },
        ];
  return [...findings, checkDaemons(facts), ...checkStarted(facts), ...checkAlso(facts)];
}

function checkHook({ driver, path, file }: HookFile, version: string): Finding[] {
  const item = 'hooks';
  const remedy = REINSTALL;
  const is = (code: FindingCode, level: Finding['level'], message: string, how = remedy): Finding[] => [
    { item, code, level, message, remedy: how },
  ];
  if (file === null)
    return NEEDED.includes(driver)
      ? is('hook-missing', 'failure', `there is no hook ${path}, so libvirt does not call kvmvlan`)
      : [];
  if (!file.isExecutable)
    return is(
      'hook-not-executable',
      'failure',
      `${path} is not executable, so libvirt ignores it`,
      `sudo chmod 755 ${shellQuote(path)}`,
    );
  if (file.version === null)
    return NEEDED.includes(driver)
      ? is(
          'hook-foreign',
          'failure',
          `${path} does not belong to kvmvlan; the package keeps it under another name, and replaces it`,
        )
      : [];
  if (file.version !== version)
    return is(
      'hook-other-version',
      'warning',
      `${path} belongs to kvmvlan ${file.version}, but this command to ${version}`,
    );
  return [];
}

function checkDaemons({ daemons }: Facts): Finding {
  const item = 'daemons';
  const names = daemons.map(({ name }) => name);
  if (names.includes('libvirtd') && names.includes('virtqemud')) {
    const message = 'both the monolithic libvirtd and the modular virtqemud run; only one of them may run';
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
  const message = 'no daemon of libvirt runs now; systemd starts modular daemons on demand';
  return { item, code: 'ok', level: 'ok', message, remedy: null };
}

/**
 * A daemon looks for hooks only when it starts or reloads (virhook.c virHookInitialize). If a hook existed then and
 * has been replaced since, the daemon calls the new one.
 */
function checkStarted({ daemons, hooks, calls, isRoot }: Facts): Finding[] {
  return daemons.flatMap((daemon): Finding[] => {
    const { name, isStale } = daemon;
    const late = unseenHooks(daemon, hooks, calls);
    if (late.length === 0) return [];
    const names = late.map(({ driver }) => driver).join(', ');
    if (!isRoot && !isStale) {
      const message = `it is not known whether ${name} has found the hooks: only root may read the log`;
      return [{ item: 'reload', code: 'not-known', level: 'unknown', message, remedy: 'sudo kvmvlan check' }];
    }
    const message = isStale
      ? `${name} was started before the hooks were installed (${names}) and does not call them`
      : `${name} may not have found the hooks yet (${names}): they are newer, and it has not called any`;
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

/** The hooks that are newer than a daemon, if the log does not show that it calls them: it may not know them. */
export function unseenHooks(
  daemon: Daemon,
  hooks: readonly HookFile[],
  calls: Facts['calls'],
): readonly HookFile[] {
  const { name, startedAt, isStale } = daemon;
  const own = hooks.filter(({ driver, file }) => file !== null && driversOf(name).includes(driver));
  const late = own.filter(({ file }) => isStale || (file?.changedAt ?? 0) > (startedAt ?? Infinity));
  return hasCalled(daemon, late, calls) ? [] : late;
}

/** Whether the log shows that a daemon knows the hooks. They are installed together, so it knows all or none. */
function hasCalled(
  { name, startedAt, isStale }: Daemon,
  late: readonly HookFile[],
  calls: Facts['calls'],
): boolean {
  // A daemon that started before the installation finds the hooks only at a reload.
  const since = isStale ? Math.max(...late.map(({ file }) => file?.changedAt ?? 0)) : (startedAt ?? 0);
  const isSince = (driver: string): boolean => calls.get(driver)?.some((time) => time >= since) === true;
  const [daemon = '', ...others] = driversOf(name);
  if (name === 'libvirtd') return [daemon, ...others].some(isSince);
  // All modular daemons call the same hook `daemon`. The call at the time of this daemon's start is its own.
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
    message: `libvirt itself (6.5.0 and later) runs ${path} in every phase, after kvmvlan's scripts`,
    remedy: `sudo mv ${shellQuote(path)} ${shellQuote(`${root}/qemu_started_begin.d/`)}   # or to the folder of another phase`,
  }));
}
