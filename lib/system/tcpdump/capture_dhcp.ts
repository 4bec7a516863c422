import { spawn } from 'node:child_process';
import { readDhcpFrame, type DhcpFrame } from '../../model/dhcp/dhcp_frame';
import { MAX_PACKET, pcapReader } from '../../model/dhcp/pcap_reader';
import { toolEnvironment } from '../process/exec';
import { signalProcess } from '../process/signal_process';

/** Which frames of an interface: those that it receives, or those that are sent through it. */
export type Direction = 'in' | 'out';

/** Gets a frame, and when it passed, in milliseconds since the epoch. */
export type OnDhcpFrame = (frame: DhcpFrame, at: number) => void;

/** A running capture. */
export interface Capture {
  /** Resolves to null when it sees every frame, or if it ends before that, to the reason. */
  readonly ready: Promise<string | null>;
  /** Resolves when it has ended, to the reason: the last error of tcpdump. */
  readonly ended: Promise<string>;
  readonly stop: () => void;
}

/** Starts to capture the frames of DHCP that pass an interface in one direction. */
export type CaptureDhcp = (device: string, direction: Direction, onFrame: OnDhcpFrame) => Capture;

const KILL_AFTER_MS = 2000;
const MAX_ERROR = 4096;

const PORTS = 'udp and (port 67 or port 68 or port 546 or port 547)';
/** Each `vlan` is about one more tag, for everything that follows it (pcap-filter(7)). */
const FILTER = `(${PORTS}) or (vlan and (${PORTS})) or (vlan and (${PORTS}))`;

/**
 * The arguments of tcpdump. -p: a bridge in promiscuous mode receives frames of VLANs that it is not in. -U and
 * --immediate-mode: each frame is written at once. There is no -Z: where the distribution has a user for tcpdump, it gives
 * up root by itself.
 */
function tcpdumpArguments(device: string, direction: Direction): string[] {
  const quick = ['-n', '-p', '-U', '--immediate-mode'];
  return [...quick, '-s', String(MAX_PACKET), '-Q', direction, '-i', device, '-w', '-', FILTER];
}

/**
 * Its output goes through a real pipe. Node's own is a socket, and where the kernel's AppArmor knows sockets (Ubuntu), the
 * profile of tcpdump does not let it send to that of an unconfined program (abstractions/base: `unix (receive)
 * peer=(label=unconfined)`). Its errors are then lost, but an error still ends the capture.
 */
const THROUGH_PIPE = '"$@" | cat';

export const captureDhcp: CaptureDhcp = (device, direction, onFrame) => {
  const words = ['-c', THROUGH_PIPE, 'sh', 'tcpdump', ...tcpdumpArguments(device, direction)];
  const child = spawn('/bin/sh', words, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: toolEnvironment(),
    // Its own group, so that Ctrl-C does not end it: what was captured is still read.
    detached: true,
  });
  const signal = (name: NodeJS.Signals): void => {
    if (child.pid !== undefined) signalProcess(-child.pid, name);
  };
  const timers: NodeJS.Timeout[] = [];
  const stop = (): void => {
    signal('SIGTERM');
    timers.push(setTimeout(() => signal('SIGKILL'), KILL_AFTER_MS));
  };

  let stderr = '';
  let reason: string | null = null;
  child.stderr.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk.toString('latin1')).slice(-MAX_ERROR);
  });
  let setReady = (_problem: string | null): void => undefined;
  const ready = new Promise<string | null>((resolve) => (setReady = resolve));
  const read = pcapReader();
  child.stdout.on('data', (chunk: Buffer) => {
    const { packets, isOpen, problem } = read(chunk);
    for (const { at, bytes } of packets) {
      const frame = readDhcpFrame(bytes);
      if (frame !== null) onFrame(frame, at);
    }
    if (isOpen) setReady(null);
    if (problem === null || reason !== null) return;
    reason = problem;
    stop();
  });
  const ended = new Promise<string>((resolve) => {
    const end = (last: string): void => {
      timers.forEach(clearTimeout);
      setReady(reason ?? last);
      resolve(reason ?? last);
    };
    child.once('error', ({ message }) => end(message));
    child.once('close', () => end(lastError(stderr)));
  });
  return { ready, ended, stop };
};

/** The last error of tcpdump, which puts its name before it, as it does where it says what it listens on. */
function lastError(text: string): string {
  const errors = [...text.matchAll(/^tcpdump: (?!listening on )(.*)$/gm)];
  return errors.at(-1)?.[1] ?? 'tcpdump ended';
}
