import type { Domain } from '../model/guest/domain';
import type { HookCall } from '../model/libvirt/hook_call';

/** Environment variables; values may be any text without NUL. */
export type Env = Readonly<Record<string, string>>;

/** What every script is told of its call. */
export function callEnv(call: HookCall, root: string): Env {
  return {
    LIBVIRT_HOOK_DRIVER: call.driver,
    LIBVIRT_HOOK_OBJECT: call.object,
    LIBVIRT_HOOK_OPERATION: call.operation,
    LIBVIRT_HOOK_SUBOPERATION: call.suboperation,
    LIBVIRT_HOOK_EXTRA: call.extra,
    LIBVIRT_HOOK_ROOT: root,
  };
}

/** No path is longer (PATH_MAX), and none of the other values. */
const MAX_VALUE = 4096;
/** The kernel gives arguments and environment together at least 128 KiB more than this (execve(2)). */
const MAX_SUM = 256 * 1024;

/**
 * What scripts of guests ask for most. Interfaces are numbered by their place, so that a loop up to the count
 * finds all of them; the number that `nic` in conf refers to is in the alias. What the XML does not hold has no variable, nor has what would keep a script
 * from being started at all: values without end, and interfaces and disks beyond the first thousand or so.
 */
export function domainEnv(domain: Domain): Env {
  const env: Record<string, string> = {
    LIBVIRT_NIC_COUNT: String(domain.interfaces.length),
    LIBVIRT_DISK_COUNT: String(domain.disks.length),
  };
  let sum = 0;
  const set = (name: string, value: string | null): void => {
    if (value === null || value === '' || value.length > MAX_VALUE) return;
    sum += name.length + Buffer.byteLength(value) + 16;
    if (sum <= MAX_SUM) env[name] = value;
  };
  set('LIBVIRT_DOMAIN_UUID', domain.uuid);
  for (const { place: n, mac, dev, bridge, network, type, alias } of domain.interfaces) {
    set(`LIBVIRT_NIC_${n}_MAC`, mac);
    set(`LIBVIRT_NIC_${n}_DEV`, dev);
    set(`LIBVIRT_NIC_${n}_BRIDGE`, bridge);
    set(`LIBVIRT_NIC_${n}_NETWORK`, network);
    set(`LIBVIRT_NIC_${n}_TYPE`, type);
    set(`LIBVIRT_NIC_${n}_ALIAS`, alias);
  }
  for (const [n, { dev, source, format, type }] of domain.disks.entries()) {
    set(`LIBVIRT_DISK_${n}_DEV`, dev);
    set(`LIBVIRT_DISK_${n}_SOURCE`, source);
    set(`LIBVIRT_DISK_${n}_FORMAT`, format);
    set(`LIBVIRT_DISK_${n}_TYPE`, type);
  }
  return env;
}
