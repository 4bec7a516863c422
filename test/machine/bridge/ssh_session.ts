import type { ScriptResult } from '../agent';
import type { Machine } from '../machine';
import { until } from '../until';

/** A session of a person who has logged in from outside, through the network card: a shell of root on a terminal. */
export class SshSession {
  private count = 0;

  private constructor(
    private readonly machine: Machine,
    private readonly folder: string,
  ) {}

  /** Logs in at this address of the host. */
  static async open(machine: Machine, address: string): Promise<SshSession> {
    const folder = (await machine.must('mktemp -d /run/ssh-session.XXXXXX')).trim();
    await machine.must(
      `cd ${folder}; mkfifo typed
       sleep infinity >typed & echo $! >holder
       setsid ip netns exec client ssh -tt root@${address} <typed >shown 2>&1 & echo $! >client`,
    );
    const session = new SshSession(machine, folder);
    // Not echoed, and no prompt: what is shown then is the output of commands.
    await session.type("stty -echo; PS1=; PS2=; echo 'logged'-in");
    await until('the shell answers', async () => (await session.shown()).includes('logged-in'));
    return session;
  }

  /** Types a line, as one who does not wait for what comes. */
  async type(line: string): Promise<void> {
    await this.machine.must(`cat >${this.folder}/typed`, { stdin: `${line}\n` });
  }

  /** All that the terminal has shown. */
  async shown(): Promise<string> {
    return (await this.machine.must(`cat ${this.folder}/shown`)).replaceAll('\r\n', '\n');
  }

  /** Runs a command in the session and waits for its end. stderr is in stdout: it is a terminal. */
  async run(command: string, timeoutMs = 180_000): Promise<ScriptResult> {
    const number = ++this.count;
    const before = (await this.shown()).length;
    await this.type(`${command}\necho ended-''${number} $?`);
    const end = new RegExp(`ended-${number} (\\d+)\n`);
    let shown = '';
    await until(
      () => `\`${command}\` ends in the session, which shows\n${shown}`,
      async () => end.test((shown = (await this.shown()).slice(before))),
      timeoutMs,
    );
    return { status: Number(end.exec(shown)?.[1]), stdout: shown.replace(end, ''), stderr: '' };
  }

  /** Whether it still is the session that was opened, and answers. */
  async isAlive(): Promise<boolean> {
    const { status } = await this.machine.run(`kill -0 $(cat ${this.folder}/client)`);
    if (status !== 0) return false;
    return (await this.run('true')).status === 0;
  }

  /** The client is gone: sshd hangs up on all that runs in the session. */
  async kill(): Promise<void> {
    await this.machine.must(`kill -9 $(cat ${this.folder}/client) $(cat ${this.folder}/holder)`);
  }
}
