import type { ManagedBridge } from '../../network/manager';
import type { CheckIo } from './check_io';

/** Whether the guard in docs/examples/nftables is loaded; null: only root can see that, or no bridge needs it. */
export async function readGuard(
  { plugin: { exec, isRoot } }: CheckIo,
  bridges: readonly ManagedBridge[] | null,
): Promise<boolean | null> {
  const isNeeded = bridges?.some(({ managers }) => managers.some(({ name }) => name === 'NetworkManager'));
  if (isNeeded !== true || !isRoot) return null;
  const { ok } = await exec('nft', ['list', 'table', 'bridge', 'kvmvlan_guard']);
  return ok;
}
