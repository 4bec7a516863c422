import type { ProblemCode } from '../../model/problem_code';
import type { Contradiction } from '../../network/contradiction';

/** What `kvmvlan check` finds, beyond the problems of conf and those of a change. docs/json.md describes each code. */
export const FINDING_CODES = [
  'ok',
  'not-known',
  // Tools.
  'node-too-old',
  'node-missing',
  'bridge-command-missing',
  'iproute2-too-old',
  'kernel-without-vlans',
  // Hooks and scripts.
  'hook-missing',
  'hook-not-executable',
  'hook-foreign',
  'hook-other-version',
  'two-daemons',
  'reload-needed',
  'also-run-by-libvirt',
  'snapshot-missing',
  'snapshot-faulty',
  'script-missing',
  'script-masked',
  'script-skipped',
  'script-unsafe',
  'script-foreign',
  'script-other-version',
  'script-conf-wrong',
  'script-disabled',
  'script-not-for-all',
  // AppArmor and SELinux.
  'hook-link-denied',
  'node-denied',
  'selinux-context',
  'selinux-confined',
  'selinux-module-missing',
  'denials',
  // Conf and guests.
  'unsafe-conf',
  'guest-missing',
  // Bridges and ports.
  'bridge-down',
  'bridge-not-filtering',
  'no-uplink',
  'trunk-down',
  'vlan-on-no-trunk',
  'trunk-vlans-unneeded',
  'tunnel-untagged',
  'port-in-default-vlan',
  'vlans-set-twice',
  'mac-table-by-libvirt',
  'iptables-rules-unknown',
  'bridged-frames-dropped',
  'stp-delay',
  // Repair and KVM.
  'unit-inactive',
  'dispatcher-script-missing',
  'dispatcher-not-enabled',
  'kvm-off-in-firmware',
  'kvm-no-device',
  'kvm-module-not-loaded',
  'kvm-no-nesting',
  'kvm-not-in-cpu',
] as const;

/** Conf, changes and network managers have codes of their own. */
export type FindingCode = (typeof FINDING_CODES)[number] | ProblemCode | Contradiction['code'];
