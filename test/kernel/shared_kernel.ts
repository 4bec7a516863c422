/** Jest loads setup and teardown apart; they have only the process in common. */
const place = globalThis as { kvmvlanStopKernel?: () => Promise<void> };

/** Keeps what stops the tier's kernel until stopShared(). */
export function keep(stop: () => Promise<void>): void {
  place.kvmvlanStopKernel = stop;
}

export async function stopShared(): Promise<void> {
  await place.kvmvlanStopKernel?.();
}
