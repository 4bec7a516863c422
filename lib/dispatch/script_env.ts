import { formatIp } from '../model/address/ip_address';
import type { Domain } from '../model/guest/domain';
import type { HookCall } from '../model/libvirt/hook_call';
import type { GuestPlace } from './guest_place';

/** Environment variables; values may be any text without NUL. */
export type Env = Readonly<Record<string, string>>;

/** The variables that describe the call to every script. */
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

/** No path is longer (PATH_MAX); all other values are shorter. */
const MAX_VALUE = 4096;
/** The kernel gives arguments and environment together at least 128 KiB more than this (execve(2)). */
const MAX_SUM = 256 * 1024;

/**
 * Variables for scripts of guests. Interfaces are numbered by their place, so a loop up to the count finds all of
 * them. The number for `nic` in conf is in the alias. A value that is not in the XML has no variable. Too long
 * values, and interfaces and disks beyond about the first thousand, have none either, because then the script could
 * not be started.
 */
export function domainEnv(domain: Domain, { routes, isArriving }: Omit<GuestPlace, 'problem'>): Env {
  const env: Record<string, string> = {
    LIBVIRT_NIC_COUNT: String(domain.interfaces.length),
    LIBVIRT_DISK_COUNT: String(domain.disks.length),
  };
  let sum = 0;
  const set = (name: string, value: string | null | undefined): void => {
    if (value === null || value === undefined || value === '' || value.length > MAX_VALUE) return;
    sum += name.length + Buffer.byteLength(value) + 16;
    if (sum <= MAX_SUM) env[name] = value;
  };
  set('LIBVIRT_DOMAIN_UUID', domain.uuid);
  if (isArriving) set('LIBVIRT_MIGRATION', 'arriving');
  for (const { place: n, mac, dev, bridge, network, type, alias } of domain.interfaces) {
    set(`LIBVIRT_NIC_${n}_MAC`, mac);
    set(`LIBVIRT_NIC_${n}_DEV`, dev);
    set(`LIBVIRT_NIC_${n}_BRIDGE`, bridge);
    set(`LIBVIRT_NIC_${n}_NETWORK`, network);
    set(`LIBVIRT_NIC_${n}_TYPE`, type);
    set(`LIBVIRT_NIC_${n}_ALIAS`, alias);
    const route = routes.get(n);
    set(`LIBVIRT_NIC_${n}_MODE`, route !== undefined ? 'routed' : bridge !== null ? 'bridged' : null);
    set(`LIBVIRT_NIC_${n}_ADDRESSES`, route?.addresses.map(formatIp).join(' '));
    set(`LIBVIRT_NIC_${n}_TABLE`, route?.table?.toString());
    set(`LIBVIRT_NIC_${n}_VRF`, route?.vrf);
    set(`LIBVIRT_NIC_${n}_UPLINK`, route?.uplink);
  }
  for (const [n, { dev, source, format, type }] of domain.disks.entries()) {
    set(`LIBVIRT_DISK_${n}_DEV`, dev);
    set(`LIBVIRT_DISK_${n}_SOURCE`, source);
    set(`LIBVIRT_DISK_${n}_FORMAT`, format);
    set(`LIBVIRT_DISK_${n}_TYPE`, type);
  }
  return env;
}
