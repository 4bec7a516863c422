import { findAgent } from './find_agent';
import type { Kernel } from './kernel';
import { openKernel } from './open_kernel';

/** A kernel of this process's own. Tests share one boot instead: see describe_kernel.ts. */
export async function startKernel(): Promise<Kernel> {
  const { link } = await findAgent();
  return openKernel(link);
}
