import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { newerTool } from '../newer_tool';
import { machineTests } from './machine_tests';

export interface Image {
  disk: string;
  kernel: string;
  initrd: string;
}

export const qemuCommand = 'qemu-system-x86_64';

/** Two network cards of the machine that are wired to each other, by their MAC addresses. */
export interface Wire {
  /** In this slot of the PCI bus; its name is `ens<slot>` then. */
  slot: number;
  near: string;
  /** The one at the other end, in the slot after it. */
  far: string;
}

export interface Qemu {
  /** The serial line to the agent, and the monitor. */
  agentLine: Duplex;
  monitorLine: Duplex;
  /** Resolves with the reason when the process is gone. */
  exited: Promise<string>;
  /** The last lines of the machine's console, and of the boot before this one, for error messages. */
  console: () => string;
  kill: (signal: NodeJS.Signals) => void;
}

/** Two; where two machines share two processors, each is half again as fast with one. */
const processors = process.env.KVMVLAN_MACHINE_PROCESSORS ?? '2';
const portName = 'kvmvlan.agent'; // as in guest/agent.py

/**
 * Emulation costs the mitigations much, and they guard nothing here. The TSC, which Linux takes on one processor only, goes on
 * with the host's time when a snapshot is restored: then all that waits for a time is late at once, and libvirtd ends. Where
 * the host is busy, the kernel panics because the timer seems to be dead, unless it does not check.
 */
const KERNEL_OPTIONS = 'mitigations=off tsc=unstable clocksource=hpet no_timer_check';

function wireArguments({ slot, near, far }: Wire): string[] {
  const card = (mac: string, at: number) => [
    ...['-netdev', `hubport,id=card${at},hubid=${slot}`],
    // Without a ROM: nothing boots from it.
    ...['-device', `virtio-net-pci,netdev=card${at},mac=${mac},addr=${at},romfile=`],
  ];
  return [...card(near, slot), ...card(far, slot + 1)];
}

function qemuArguments(image: Image, folder: string, wires: readonly Wire[]): string[] {
  return [
    ...['-accel', 'tcg,thread=multi', '-smp', processors, '-m', '2G', '-nodefaults', '-display', 'none'],
    // First: other devices take the slots that are left.
    ...wires.flatMap(wireArguments),
    ...['-kernel', image.kernel, '-initrd', image.initrd],
    ...['-append', `root=/dev/vda rw console=ttyS0 panic=-1 ${KERNEL_OPTIONS}`],
    // What is written goes to a temporary file that has no name any more: the image stays as it is.
    ...['-drive', `file=${image.disk},format=raw,if=virtio,snapshot=on,cache=unsafe`],
    ...['-serial', `file:${join(folder, 'console.log')}`, '-device', 'virtio-rng-pci'],
    ...['-device', 'virtio-serial-pci', '-chardev', 'socket,id=agent,fd=3'],
    ...['-device', `virtserialport,chardev=agent,name=${portName}`],
    ...['-fw_cfg', `name=opt/kvmvlan/agent.py,file=${join(machineTests, 'guest', 'agent.py')}`],
    ...['-chardev', 'socket,id=monitor,fd=4', '-mon', 'chardev=monitor,mode=control'],
  ];
}

/** The QEMU that setup.sh has unpacked, with its own firmware, or else the installed one. */
function qemuWords(): string[] {
  const usr = newerTool(qemuCommand);
  if (usr === undefined) return [qemuCommand];
  return [join(usr, 'bin', qemuCommand), '-L', join(usr, 'share/qemu'), '-L', join(usr, 'share/seabios')];
}

/** Starts QEMU without KVM: most places where tests run, containers and small VMs, have none that works. */
export function startQemu(image: Image, folder: string, wires: readonly Wire[]): Qemu {
  // However this process ends, the kernel then ends QEMU.
  const command = ['--pdeathsig', 'TERM', '--', ...qemuWords(), ...qemuArguments(image, folder, wires)];
  const qemu = spawn('setpriv', command, {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
    env: { ...process.env, TMPDIR: folder },
  });
  let complaints = '';
  qemu.stderr?.setEncoding('utf8').on('data', (text: string) => (complaints += text));
  const exited = new Promise<string>((resolve) => {
    qemu.on('error', (error) => resolve(`QEMU did not start: ${error.message}`));
    qemu.on('exit', (status, signal) => resolve(`QEMU ended (${signal ?? status}). ${complaints}`));
  });
  const console = () => {
    try {
      const lines = readFileSync(join(folder, 'console.log'), 'utf8').split('\n');
      const boot = lines.findLastIndex((line) => line.includes('] Linux version '));
      return [...lines.slice(Math.max(0, boot - 40), Math.max(0, boot)), ...lines.slice(-40)].join('\n');
    } catch {
      return '(nothing on the console)';
    }
  };
  const [, , , agentLine, monitorLine] = qemu.stdio;
  qemu.unref();
  return {
    agentLine: agentLine as Duplex,
    monitorLine: monitorLine as Duplex,
    exited,
    console,
    kill: (signal) => void qemu.kill(signal),
  };
}
