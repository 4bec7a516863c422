import type { HookCall } from '../model/libvirt/hook_call';
import type { Phase } from '../model/libvirt/phases';
import type { CallReport } from './call_report';

/** One call of libvirt, and the process that answers it. */
export interface Invocation {
  /** The hooks root: the folder of the dispatcher's own file. */
  readonly root: string;
  readonly call: HookCall;
  /** The object in bytes. */
  readonly object: Buffer;
  readonly phase: Phase;
  /** What libvirt writes to a hook. Called once, before anything else: it may be late, and all that follows is watched. */
  readonly readInput: () => Buffer;
  /** Aborts where the hook is told to end. */
  readonly signal: AbortSignal;
  /** Passes the XML on. Throws where it cannot. */
  readonly writeXml: (xml: Buffer) => void;
  readonly report: CallReport;
}
