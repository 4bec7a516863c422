type Stop = () => Promise<void>;

/** jest loads the setup and the teardown apart from each other; only the global object is common. */
const common = globalThis as { kvmvlanStopMachines?: Stop[] };

export function keep(stop: Stop): void {
  (common.kvmvlanStopMachines ??= []).push(stop);
}

export function keptMachines(): number {
  return common.kvmvlanStopMachines?.length ?? 0;
}

export async function stopKept(): Promise<void> {
  for (const stop of common.kvmvlanStopMachines?.splice(0) ?? []) await stop();
}
