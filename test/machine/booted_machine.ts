import { Agent, type ScriptResult } from './agent';
import { QemuMonitor } from './qemu_monitor';
import { startQemu, type Image, type Qemu, type Wire } from './start_qemu';

/** Some ten times as long as on an idle machine: the tests share theirs with others. */
const bootMs = 400_000;
const nothing = Buffer.alloc(0);

/** One machine, from power on to power off. The process that starts it keeps it. */
export class BootedMachine {
  private readonly qemu: Qemu;
  private readonly agent: Agent;
  private readonly monitor: QemuMonitor;
  private greeted: (() => void) | undefined;
  /** The names of all snapshots so far. */
  readonly snapshots = new Set<string>();
  private gone: string | undefined;
  private bootId: string | undefined;

  constructor(image: Image, folder: string, wires: readonly Wire[] = []) {
    this.qemu = startQemu(image, folder, wires);
    this.agent = new Agent(this.qemu.agentLine, (bootId) => this.hello(bootId));
    this.monitor = new QemuMonitor(this.qemu.monitorLine);
    void this.qemu.exited.then((reason) => {
      this.gone = `${reason}\n${this.qemu.console()}`;
      this.agent.forget(this.gone);
    });
  }

  /** Waits until all that starts at boot has started. */
  async booted(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const complain = (why: string) => reject(new Error(`${why}\n${this.qemu.console()}`));
      const timer = setTimeout(() => complain(`The machine did not boot in ${bootMs} ms`), bootMs);
      this.greeted = () => {
        clearTimeout(timer);
        resolve();
      };
      void this.qemu.exited.then(complain).finally(() => clearTimeout(timer));
    });
    await this.run('systemctl is-system-running --wait', nothing, bootMs);
  }

  /** Has libvirt look at what QEMU can do, which it remembers: else each test file would wait for it. */
  async warm(): Promise<void> {
    await this.run('virsh domcapabilities >/dev/null', nothing, bootMs);
  }

  async run(script: string, stdin: Buffer, timeoutMs: number): Promise<ScriptResult> {
    if (this.gone !== undefined) throw new Error(this.gone);
    return this.agent.run(script, stdin, timeoutMs);
  }

  /** Keeps all of the machine as it is now: disk, memory, processes. Takes half a second. */
  async snapshot(name: string): Promise<void> {
    await this.monitor.command(`savevm ${name}`);
    this.snapshots.add(name);
  }

  /** Goes back to that moment. */
  async restore(name: string): Promise<void> {
    this.agent.forget('The machine was restored to an earlier state meanwhile');
    await this.monitor.command(`loadvm ${name}`);
    // Its clock goes on where it was; files copied in afterwards would be from the future.
    await this.run(`date --set @${Date.now() / 1000} >/dev/null`, nothing, 30_000);
  }

  async reboot(): Promise<void> {
    const back = this.booted();
    this.run('systemctl reboot', nothing, bootMs).catch(() => undefined);
    await back;
  }

  async stop(): Promise<void> {
    this.qemu.kill('SIGTERM');
    const hard = setTimeout(() => this.qemu.kill('SIGKILL'), 5_000);
    await this.qemu.exited;
    clearTimeout(hard);
  }

  private hello(bootId: string): void {
    const what = bootId === this.bootId ? 'The agent in the machine started anew' : 'The machine rebooted';
    this.bootId = bootId;
    this.agent.forget(`${what}\n${this.qemu.console()}`);
    this.greeted?.();
    this.greeted = undefined;
  }
}
