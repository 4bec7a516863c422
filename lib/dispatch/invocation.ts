import type { HookCall } from '../model/libvirt/hook_call';
import type { Phase } from '../model/libvirt/phases';
import type { CallReport } from './call_report';

/** One call of libvirt, and the process that handles it. */
export interface Invocation {
  /** The hooks root: the folder of the dispatcher's own file. */
  readonly root: string;
  /** The dispatcher's own file, links resolved. */
  readonly file: string;
  /** The process of libvirt that called it. */
  readonly caller: number;
  readonly call: HookCall;
  /** The object in bytes. */
  readonly object: Buffer;
  readonly phase: Phase;
  /** Reads what libvirt writes to the hook. Called once, first: libvirt may be late. The watchdog watches the rest. */
  readonly readInput: () => Buffer;
  /** Aborts when the hook is terminated by a signal. */
  readonly signal: AbortSignal;
  /** Writes the XML to libvirt. Throws if it cannot. */
  readonly writeXml: (xml: Buffer) => void;
  readonly report: CallReport;
}
