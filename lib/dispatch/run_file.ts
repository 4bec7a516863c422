import { closeSync } from 'node:fs';
import { runScript, type ScriptFailure } from '../system/process/run_script';
import { LastLine } from './last_line';
import type { CallContext, RunResult, ScriptJob } from './script_job';

/** Twice the maximum that libvirt accepts (remote_protocol.x, REMOTE_STRING_MAX: 4 MB). */
const MAX_XML_BYTES = 8 * 1024 * 1024;

/** Runs a script as a separate process. */
export async function runFile(job: ScriptJob, context: CallContext): Promise<RunResult> {
  const { call, isFilter } = context;
  const { planned, conf, log } = job;
  const { script, args, confFile, log: logPath } = planned;
  const said = new LastLine();
  const xml = new Collected(MAX_XML_BYTES);
  const file = call.driver === 'daemon' ? null : context.inputFile();
  const fd = file?.open() ?? null;
  try {
    const result = await runScript({
      path: script.path,
      args,
      env: { ...context.env(), LIBVIRT_HOOK_CONF: confFile, LIBVIRT_HOOK_LOG: logPath },
      mark: `LIBVIRT_HOOK_LOG=${logPath}`,
      input: fd ?? (call.driver === 'daemon' ? null : context.input),
      onOutput: (chunk) => {
        log.write(chunk);
        said.add(chunk);
      },
      onStdout: isFilter ? (chunk) => xml.add(chunk) : null,
      timeoutMs: conf.timeout * 1000,
      signal: context.signal,
    });
    return { ...result, failure: whyFailed(result.failure, said.text(), xml.size), output: xml.bytes() };
  } finally {
    if (fd !== null) closeSync(fd);
  }
}

/** A script with exit status 0 also fails if it wrote more XML than libvirt accepts. */
function whyFailed(failure: ScriptFailure | null, words: string, xmlBytes: number): ScriptFailure | null {
  if (failure !== null) {
    const details = [failure.detail ?? '', words].filter((text) => text !== '');
    return { ...failure, detail: details.join(': ') || null };
  }
  return xmlBytes > MAX_XML_BYTES
    ? { reason: `it wrote ${xmlBytes} bytes of XML, which is too much`, detail: null }
    : null;
}

/** Collects output up to a limit, and counts all of it. */
class Collected {
  size = 0;
  private readonly chunks: Buffer[] = [];

  constructor(private readonly limit: number) {}

  add(chunk: Buffer): void {
    this.size += chunk.length;
    if (this.size <= this.limit) this.chunks.push(chunk);
  }

  /** Empty if the output exceeded the limit. */
  bytes(): Buffer {
    return this.size > this.limit ? Buffer.alloc(0) : Buffer.concat(this.chunks);
  }
}
