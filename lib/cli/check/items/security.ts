import { shellQuote } from '../../../text/shell_quote';
import type { Facts } from '../facts';
import type { Finding } from '../finding';
import { REINSTALL } from '../reinstall';

/** Folders of programs that libvirt's daemons may start with Debian's and Ubuntu's profile (`/usr/bin/* PUx`, …). */
const ALLOWED = /^\/(usr\/)?s?bin\/[^/]+$/;

/** libvirt's daemons, their SELinux types (virtd_t, virtqemud_t …) and the hooks. */
const OF_LIBVIRT = /libvirt|\bvirt(qemu|network|lxc|xen)d\b|\bvirt[a-z]*d_t\b|virt_hook|\/hooks\//;

/**
 * Checks whether AppArmor and SELinux let node and the hooks run, and whether they denied something in the last day.
 */
export function checkSecurity(facts: Facts): Finding[] {
  return [checkAppArmor(facts), ...checkSelinux(facts), checkDenials(facts)];
}

function checkAppArmor({ daemons, hooks, node, appArmorLocal }: Facts): Finding {
  const item = 'apparmor';
  const confined = daemons.find(({ label }) => label?.endsWith('(enforce)') === true);
  const out = hooks.find(({ file }) => file !== null && file.linksTo !== null);
  if (confined === undefined) {
    const isSeen = daemons.some(({ label }) => label !== null);
    const message = isSeen
      ? "AppArmor does not confine libvirt's daemons"
      : 'AppArmor is off, or no daemon of libvirt runs';
    return { item, code: 'ok', level: 'ok', message, remedy: null };
  }
  if (out?.file?.linksTo !== undefined && out.file.linksTo !== null) {
    const message = `${out.path} is a link to ${out.file.linksTo}, which AppArmor does not let ${confined.name} run`;
    return { item, code: 'hook-link-denied', level: 'failure', message, remedy: REINSTALL };
  }
  const used = hooks.map(({ file }) => file?.node ?? null).find((path) => path !== null) ?? node.path ?? '';
  if (ALLOWED.test(used) || appArmorLocal?.includes(used) === true)
    return {
      item,
      code: 'ok',
      level: 'ok',
      message: `AppArmor lets ${confined.name} run ${used} and the hooks`,
      remedy: null,
    };
  const profile = `usr.sbin.${confined.name}`;
  return {
    item,
    code: 'node-denied',
    level: 'failure',
    message: `AppArmor does not let ${confined.name} run ${used}`,
    remedy: `echo ${shellQuote(`${used} PUx,`)} | sudo tee -a /etc/apparmor.d/local/${profile} && sudo apparmor_parser -r /etc/apparmor.d/${profile}`,
  };
}

function checkSelinux(facts: Facts): Finding[] {
  const { selinux } = facts;
  if (selinux === null)
    return [{ item: 'selinux', code: 'ok', level: 'ok', message: 'SELinux is off', remedy: null }];
  return [checkLabels(selinux, facts), ...checkConfinement(selinux, facts)];
}

type Selinux = NonNullable<Facts['selinux']>;

function checkLabels({ enforce, context, mislabelled }: Selinux, { root }: Facts): Finding {
  const item = 'selinux';
  if (context === null) {
    const message = `SELinux is on, but the context of ${root} cannot be read`;
    return { item, code: 'not-known', level: 'unknown', message, remedy: `sudo ls -Zd ${shellQuote(root)}` };
  }
  const level = enforce ? 'failure' : 'warning';
  const remedy = `sudo restorecon -RF ${shellQuote(root)}`;
  if (!context.includes(':virt_hook_t:')) {
    const message = `${root} has the context ${context}, not virt_hook_t`;
    return { item, code: 'selinux-context', level, message, remedy };
  }
  const [first, ...others] = mislabelled ?? [];
  if (first !== undefined) {
    const more = others.length === 0 ? '' : ` and ${others.length} more`;
    const message = `the SELinux context of ${first}${more} differs from the policy: libvirt may not be able to run it`;
    return { item, code: 'selinux-context', level, message, remedy };
  }
  if (mislabelled === null) {
    const message = `SELinux is on, but the contexts of the files in ${root} could not be checked`;
    return {
      item,
      code: 'not-known',
      level: 'unknown',
      message,
      remedy: `sudo restorecon -nvR ${shellQuote(root)}`,
    };
  }
  const message = `SELinux: ${root} and all files in it have the type virt_hook_t`;
  return { item, code: 'ok', level: 'ok', message, remedy: null };
}

/**
 * Checks whether the policy lets hooks work. virtnetworkd needs the boolean; virtqemud needs the module too, because
 * the policy of Fedora has no rules for it. libvirtd needs no module: its domain is allowed to run hooks.
 */
function checkConfinement(selinux: Selinux, { daemons }: Facts): Finding[] {
  const item = 'selinux';
  const level = selinux.enforce ? 'failure' : 'warning';
  const runs = (name: string): boolean => daemons.some((daemon) => daemon.name === name);
  const isVirtqemud = runs('virtqemud') || (selinux.hasVirtqemud && !runs('libvirtd'));
  const turnOn = 'sudo setsebool -P virt_hooks_unconfined on';
  // Without the rpm, the file is only in the checkout.
  const load = `sudo semodule -X 200 -i ${selinux.moduleFile ?? 'build/packages/kvmvlan.cil'}`;
  if (isVirtqemud && selinux.hasModule === false) {
    const message =
      'SELinux does not let virtqemud run hooks: the module kvmvlan is not loaded' +
      (selinux.unconfined === false ? ', and the boolean virt_hooks_unconfined is off' : '') +
      (selinux.moduleFile === null ? ' (its file is in the checkout)' : '');
    const remedy = selinux.unconfined === true ? load : `${load} && ${turnOn}`;
    return [{ item, code: 'selinux-module-missing', level, message, remedy }];
  }
  const findings: Finding[] = [];
  if (selinux.unconfined === false) {
    const message = 'the SELinux boolean virt_hooks_unconfined is off, so hooks cannot change bridges';
    findings.push({ item, code: 'selinux-confined', level, message, remedy: turnOn });
  }
  if (isVirtqemud && selinux.unconfined === null) {
    const message =
      'SELinux is on, but its boolean virt_hooks_unconfined cannot be read: virtqemud may not be able to run hooks';
    const remedy = 'getsebool virt_hooks_unconfined';
    findings.push({ item, code: 'not-known', level: 'unknown', message, remedy });
  }
  if (isVirtqemud && selinux.hasModule === null) {
    const message = 'SELinux is on, but only root can read whether the module kvmvlan is loaded';
    findings.push({
      item,
      code: 'not-known',
      level: 'unknown',
      message,
      remedy: 'sudo semodule -l | grep kvmvlan',
    });
  }
  return findings;
}

function checkDenials({ kernelLog, isRoot }: Facts): Finding {
  const item = 'denials';
  if (kernelLog === null) {
    const message = `the kernel's log cannot be read${isRoot ? '' : ' without root'}`;
    return {
      item,
      code: 'not-known',
      level: 'unknown',
      message,
      remedy: isRoot ? 'dmesg | grep -i denied' : 'sudo kvmvlan check',
    };
  }
  const denied = kernelLog.filter(
    (line) =>
      /apparmor="DENIED"|avc:\s+denied/.test(line) &&
      OF_LIBVIRT.test(line) &&
      // The profiles of guests deny many accesses that do not concern kvmvlan.
      !/profile="libvirt-[0-9a-f-]{36}"/.test(line),
  );
  const last = denied.at(-1);
  if (last === undefined)
    return {
      item,
      code: 'ok',
      level: 'ok',
      message: 'libvirt was denied nothing in the last day',
      remedy: null,
    };
  const message = `libvirt was denied access ${denied.length === 1 ? 'once' : `${denied.length} times`} in the last day, most recently: ${last.trim().slice(0, 300)}`;
  return {
    item,
    code: 'denials',
    level: 'warning',
    message,
    remedy: 'sudo journalctl --dmesg --since=-1d | grep -i denied',
  };
}
