import { startTier } from './start_tier';

export default async function globalSetup(): Promise<void> {
  await startTier('KVMVLAN_MACHINE_SOCKET');
}
