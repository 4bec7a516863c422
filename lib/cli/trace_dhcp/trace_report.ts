import type { PortState } from './port_findings';
import type { TracedPort, UnwatchedInterface } from './traced_port';
import type { Verdict } from './verdict';
import type { Gap, TraceEnd } from './watch_ports';

/** A port, what passed it, and what is known about it. */
export interface TracedResult {
  readonly port: TracedPort;
  readonly verdict: Verdict;
  readonly now: PortState;
}

/** The result of `kvmvlan trace-dhcp`. */
export interface TraceReport {
  readonly guest: string;
  /** libvirt's word: running, paused … */
  readonly state: string;
  readonly results: readonly TracedResult[];
  /** Interfaces of the guest without a port. */
  readonly unwatched: readonly UnwatchedInterface[];
  readonly ended: TraceEnd;
  readonly seconds: number;
  readonly gaps: readonly Gap[];
}
