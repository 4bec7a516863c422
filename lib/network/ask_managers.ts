import type { Exec } from '../model/io';
import type { ManagedBridge } from './manager';
import { readVersion } from './networkd/read_version';
import { parseAppliedFiltering } from './networkmanager/parse_applied';
import type { ManagerAnswers } from './read_managers';

const BUS = 'org.freedesktop.NetworkManager';
const PATH = '/org/freedesktop/NetworkManager';
const SOON = { timeoutMs: 5_000 };

/**
 * Asks the managers that were found for state that is in no file. If a manager does not answer, its state is unknown.
 * This is for interactive commands: it takes too long for a hook.
 */
export async function askManagers(exec: Exec, bridges: readonly ManagedBridge[]): Promise<ManagerAnswers> {
  const of = (name: string): string[] =>
    bridges.filter(({ managers }) => managers.some((each) => each.name === name)).map(({ bridge }) => bridge);
  const [version, applied, systemd] = await Promise.all([
    of('NetworkManager').length === 0 ? null : ask(exec, ['get-property', BUS, PATH, BUS, 'Version']),
    Promise.all(
      of('NetworkManager').map(async (bridge) => [bridge, await appliedFiltering(exec, bridge)] as const),
    ),
    of('systemd-networkd').length === 0 ? null : readVersion(exec),
  ]);
  return {
    nmVersion: typeof version === 'string' ? version : null,
    nmFiltering: new Map(applied.flatMap(([bridge, is]) => (is === null ? [] : [[bridge, is]]))),
    systemdVersion: systemd,
  };
}

async function appliedFiltering(exec: Exec, bridge: string): Promise<boolean | null> {
  const device = await ask(exec, ['call', BUS, PATH, BUS, 'GetDeviceByIpIface', 's', bridge]);
  const path: unknown = Array.isArray(device) ? device[0] : null;
  if (typeof path !== 'string') return null;
  return parseAppliedFiltering(
    await ask(exec, ['call', BUS, path, `${BUS}.Device`, 'GetAppliedConnection', 'u', '0']),
  );
}

/** The data of busctl's answer; null: no answer. */
async function ask(exec: Exec, args: readonly string[]): Promise<unknown> {
  const { ok, stdout } = await exec('busctl', ['--json=short', ...args], SOON);
  if (!ok) return null;
  try {
    return (JSON.parse(stdout) as { data?: unknown }).data ?? null;
  } catch {
    return null;
  }
}
