import { shellQuote } from '../../../view/shell_quote';
import type { Facts, HookFile } from '../facts';
import type { Finding } from '../finding';

const NEEDED = ['daemon', 'qemu', 'network'];

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
  const is = (level: Finding['level'], message: string, how = remedy): Finding[] => [
    { item, level, message, remedy: how },
  ];
  if (file === null)
    return NEEDED.includes(driver) ? is('failure', `there is no hook ${path}: libvirt calls nothing`) : [];
  if (!file.isExecutable)
    return is(
      'failure',
      `${path} is not executable: libvirt passes over it`,
      `sudo chmod 755 ${shellQuote(path)}`,
    );
  if (file.version === null)
    return NEEDED.includes(driver)
      ? is('failure', `${path} is not kvmvlan's; install.sh keeps it and puts ours in its place`)
      : [];
  if (file.version !== version)
    return is('warning', `${path} is of kvmvlan ${file.version}, this command of ${version}`);
  return [];
}

function checkDaemons({ daemons }: Facts): Finding {
  const item = 'daemons';
  const names = daemons.map(({ name }) => name);
  if (names.includes('libvirtd') && names.includes('virtqemud')) {
    const message = 'both the monolithic libvirtd and the modular virtqemud run: guests have two masters';
    return {
      item,
      level: 'failure',
      message,
      remedy: 'sudo systemctl disable --now libvirtd.service libvirtd.socket',
    };
  }
  if (names.includes('libvirtd'))
    return { item, level: 'ok', message: 'the monolithic libvirtd runs', remedy: null };
  if (names.length > 0)
    return { item, level: 'ok', message: `modular daemons run: ${names.join(', ')}`, remedy: null };
  const message = 'no daemon of libvirt runs now; modular ones are started when they are needed';
  return { item, level: 'ok', message, remedy: null };
}

/** Whether a hook is there is looked up once, when a daemon starts (virhook.c virHookInitialize). */
function checkStarted({ daemons, hooks, lastCalls }: Facts): Finding[] {
  return daemons.flatMap(({ name, startedAt }): Finding[] => {
    if (startedAt === null) return [];
    const late = hooks.filter(
      ({ driver, file }) =>
        file !== null &&
        isCalledBy(driver, name) &&
        file.changedAt > startedAt &&
        (lastCalls.get(driver) ?? 0) < file.changedAt,
    );
    if (late.length === 0) return [];
    const names = late.map(({ driver }) => driver).join(', ');
    const message = `${name} runs since before the hooks were installed (${names}); it does not know of hooks that are new to it, and has called none since`;
    return [{ item: 'restart', level: 'warning', message, remedy: `sudo systemctl restart ${name}` }];
  });
}

function isCalledBy(driver: string, daemon: string): boolean {
  const own: Readonly<Record<string, string>> = {
    virtqemud: 'qemu',
    virtnetworkd: 'network',
    virtlxcd: 'lxc',
    virtxend: 'libxl',
  };
  return daemon === 'libvirtd' ? NEEDED.includes(driver) : driver === own[daemon];
}

function checkAlso({ alsoRunByLibvirt, root }: Facts): Finding[] {
  return alsoRunByLibvirt.map((path) => ({
    item: 'qemu.d',
    level: 'warning',
    message: `${path} is run by libvirt itself (6.5.0 and later) in every phase, after kvmvlan's scripts`,
    remedy: `sudo mv ${shellQuote(path)} ${shellQuote(`${root}/qemu_started_begin.d/`)}   # or the folder of the phase it is for`,
  }));
}
