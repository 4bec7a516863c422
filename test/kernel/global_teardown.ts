import { stopShared } from './shared_kernel';

export default async function globalTeardown(): Promise<void> {
  await stopShared();
}
