import type { TestDepth } from '../test_depth';
import type { ManagerName } from './managers';
import type { Kind } from './scenarios';

/** What happens to a host. */
export type Course =
  /** Confirmed: the bridge stays. Removed again, the host is as it was. */
  | 'confirmed'
  /** Confirmed, and booted again. */
  | 'rebooted-after-confirm'
  /** Nobody confirms: what the timer starts is run at once. */
  | 'unconfirmed'
  /** The same with the timer itself. The command is killed in the middle, and the session in which it ran is gone. */
  | 'killed'
  /** Undone by hand. */
  | 'undone'
  | 'rebooted-before-confirm'
  /** The gateway answers no more as soon as the bridge has the port. */
  | 'gateway-lost'
  /** A guest gets an address in its VLAN, and keeps its port while the manager reloads and restarts. */
  | 'manager-restarted';

export interface Row {
  readonly manager: ManagerName;
  readonly kind: Kind;
  readonly courses: readonly Course[];
}

/**
 * What is tested. Each manager has the courses that differ most from manager to manager; each of the others has two that do it
 * in different ways. The rows of one scenario share their preparation.
 */
export const matrix: readonly Row[] = [
  {
    manager: 'systemd-networkd',
    kind: 'dhcp',
    courses: ['confirmed', 'unconfirmed', 'rebooted-before-confirm', 'manager-restarted'],
  },
  { manager: 'systemd-networkd', kind: 'static', courses: ['gateway-lost', 'rebooted-after-confirm'] },
  { manager: 'systemd-networkd', kind: 'bond', courses: ['confirmed'] },
  {
    manager: 'NetworkManager',
    kind: 'static',
    courses: ['confirmed', 'unconfirmed', 'rebooted-before-confirm', 'manager-restarted'],
  },
  { manager: 'NetworkManager', kind: 'dhcp', courses: ['killed', 'gateway-lost'] },
  { manager: 'NetworkManager', kind: 'bond', courses: ['undone'] },
  {
    manager: 'ifupdown',
    kind: 'static',
    courses: ['confirmed', 'rebooted-after-confirm', 'unconfirmed', 'rebooted-before-confirm'],
  },
  { manager: 'ifupdown', kind: 'dhcp', courses: ['killed', 'undone'] },
  { manager: 'ifupdown2', kind: 'static', courses: ['confirmed', 'unconfirmed', 'rebooted-before-confirm'] },
  { manager: 'ifupdown2', kind: 'dhcp', courses: ['confirmed', 'undone'] },
  {
    manager: 'netplan-networkd',
    kind: 'static',
    courses: ['confirmed', 'unconfirmed', 'rebooted-before-confirm'],
  },
  {
    manager: 'netplan-NetworkManager',
    kind: 'dhcp',
    courses: ['confirmed', 'unconfirmed', 'rebooted-before-confirm'],
  },
];

/**
 * What a run of both releases has (test/run.sh): each backend once, and each way back. The short run has the first. All
 * of it takes hours, so that is `npm run test:bridge`.
 */
const LONG: Readonly<Record<string, readonly string[]>> = {
  bookworm: ['NetworkManager-static unconfirmed', 'ifupdown-static confirmed'],
  trixie: ['systemd-networkd-dhcp confirmed', 'netplan-networkd-static rebooted-before-confirm'],
};

/** The rows of this run. */
export function rowsOf(suite: string, depth: TestDepth): Row[] {
  const long = LONG[suite] ?? [];
  const chosen = depth === 'short' ? long.slice(0, 1) : long;
  return matrix
    .map((row) => {
      const { manager, kind, courses } = row;
      const isIn = (course: Course): boolean =>
        depth === 'all' || chosen.includes(`${manager}-${kind} ${course}`);
      return { ...row, courses: courses.filter(isIn) };
    })
    .filter(({ courses }) => courses.length > 0);
}
