import type { ExecResult } from '../../../lib/model/io';
import { probeFrames } from '../../../lib/model/routes/probe';
import { succeeded } from '../fake_host/exec_results';
import { ip } from '../model/routes/addresses';

/** The output of a program that hears this MAC address for each of these addresses. */
export function hears(mac: number, ...texts: readonly string[]): ExecResult {
  const frames = texts.flatMap((text) => probeFrames([2, 0, 0, 0, 0, mac], ip(text), null));
  return succeeded(frames.map((frame) => `${Buffer.from(frame).toString('hex')}\n`).join(''));
}
