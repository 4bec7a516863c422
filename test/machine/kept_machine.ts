type Stop = () => Promise<void>;

/** jest loads the setup and the teardown apart from each other; only the global object is common. */
const common = globalThis as { kvmvlanStopMachine?: Stop };

export function keep(stop: Stop): void {
  common.kvmvlanStopMachine = stop;
}

export async function stopKept(): Promise<void> {
  await common.kvmvlanStopMachine?.();
}
