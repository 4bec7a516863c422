import type { NetworkFiles } from './network_files';

/** systemd keeps a link here for each running service. Source: unit_export_invocation_id() in unit.c. */
const UNITS = '/run/systemd/units';

/** Whether a service of systemd runs; it starts no process. */
export function isRunning(io: NetworkFiles, service: string): boolean {
  return (io.names(UNITS) ?? []).includes(`invocation:${service}.service`);
}
