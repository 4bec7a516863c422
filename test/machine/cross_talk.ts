import { join } from 'node:path';
import type { Machine } from './machine';
import { until } from './until';

/** Interfaces that send broadcast frames all the time, and others that listen. */
export interface Talk {
  /** The VID of the frames of each sender; null: untagged. */
  readonly senders: Readonly<Record<string, number | null>>;
  readonly listeners: readonly string[];
}

/** For each listener: how many frames it heard from each sender that it heard at all. */
export type Heard = Record<string, Record<string, number>>;

/** Counts who hears whom while `during` runs. */
export async function crossTalk(
  machine: Machine,
  { senders, listeners }: Talk,
  during: () => Promise<unknown>,
): Promise<Heard> {
  await machine.copyIn(join(__dirname, 'guest'), '/run/kvmvlan-test', ['cross_talk.py']);
  const log = (await machine.must('mktemp /run/kvmvlan-test/talk.XXXXXX')).trim();
  const words = [...Object.entries(senders).map(([name, vid]) => `${name}=${vid ?? '-'}`), ...listeners];
  const program = `python3 /run/kvmvlan-test/cross_talk.py ${words.join(' ')}`;
  await machine.must(`${program} >${log} 2>&1 & echo $! >${log}.pid`);
  const read = () => machine.must(`cat ${log}`);
  await until('they talk', async () => (await read()).startsWith('talking'));
  await during();
  await machine.must(`kill "$(cat ${log}.pid)"`);
  await until('they have ended', async () => (await read()).split('\n').length > 2);
  return JSON.parse((await read()).split('\n')[1] ?? '') as Heard;
}
