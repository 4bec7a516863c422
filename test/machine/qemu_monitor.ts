import type { Duplex } from 'node:stream';
import { eachLine } from './lines';

interface Answer {
  return?: unknown;
  error?: { desc: string };
}

/** QEMU's monitor (docs/interop/qmp-spec.txt), for the few commands the tests need. */
export class QemuMonitor {
  private readonly waiting: ((answer: Answer) => void)[] = [];

  constructor(private readonly line: Duplex) {
    eachLine(line, (text) => {
      const message = JSON.parse(text) as Answer;
      // Neither the greeting nor an event answers anything.
      if ('return' in message || 'error' in message) this.waiting.shift()?.(message);
    });
    line.on('error', () => undefined);
    void this.send('qmp_capabilities', {});
  }

  /** Runs one command of the human monitor, which prints nothing unless something is wrong. */
  async command(text: string): Promise<void> {
    const answer = await this.send('human-monitor-command', { 'command-line': text });
    const complaint = answer.error?.desc ?? String(answer.return);
    if (complaint.trim() !== '') throw new Error(`QEMU's monitor refused "${text}": ${complaint.trim()}`);
  }

  private send(execute: string, args: object): Promise<Answer> {
    return new Promise((resolve) => {
      this.waiting.push(resolve);
      this.line.write(`${JSON.stringify({ execute, arguments: args })}\n`);
    });
  }
}
