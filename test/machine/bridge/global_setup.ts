import { startTier } from '../start_tier';
import { WIRES } from './cards';
import { LAB_SOCKET } from './lab_socket';

export default async function globalSetup(): Promise<void> {
  await startTier(LAB_SOCKET, WIRES);
}
