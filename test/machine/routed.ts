import type { Machine } from './machine';
import { repositoryRoot } from '../kernel/repository_root';
import { THERE, type Host } from './second_host';

const FOLDER = '/root/watch';
const STOP = '/run/watch.stop';
const OUT = '/run/watch.out';

/** Which addresses each host answers for, from a moment in seconds on. */
type Moment = readonly [since: number, addresses: Readonly<Record<Host, readonly string[]>>];

/** Watches without a pause which host answers for an address. */
export async function watchProxies(machine: Machine): Promise<void> {
  await machine.copyIn(`${repositoryRoot()}/test/kernel/inside`, FOLDER, ['proxies.py', 'system_calls.py']);
  await machine.must(
    `rm -f ${STOP} ${OUT}; ln -sf /proc/1/ns/net /run/netns/here
     python3 -SEB ${FOLDER}/proxies.py ${STOP} here there </dev/null >${OUT} 2>&1 & echo $! >/run/watch.pid
     until [ -s ${OUT} ]; do kill -0 $!; sleep 0.1; done`,
  );
}

/** Who answered for the address, one after the other, and for how long; `here+there`: both at one moment. */
export interface Answered {
  readonly hosts: readonly string[];
  /** The longest time in seconds in which nobody answered between two who did. */
  readonly nobody: number;
}

export async function whoAnswered(machine: Machine, address: string): Promise<Answered> {
  const printed = await machine.must(
    `touch ${STOP}; while kill -0 "$(cat /run/watch.pid)" 2>/dev/null; do sleep 0.1; done; cat ${OUT}`,
  );
  const moments = JSON.parse(printed.slice(printed.indexOf('\n') + 1)) as Moment[];
  const all = moments.map(([since, seen]) => ({
    since,
    host: (['here', 'there'] as const).filter((host) => seen[host].includes(address)).join('+'),
  }));
  const changes = all.filter(({ host }, place) => host !== all[place - 1]?.host);
  const gaps = changes.flatMap(({ host, since }, place) => {
    const next = changes[place + 1];
    return host === '' && place > 0 && next !== undefined ? [next.since - since] : [];
  });
  const hosts = changes.map(({ host }) => host).filter((host) => host !== '');
  return {
    hosts: hosts.filter((host, place) => host !== hosts[place - 1]),
    nobody: Math.max(0, ...gaps),
  };
}

/** The guests that are in transit, as guest_routes of each host sees it. */
export async function inTransit(machine: Machine): Promise<string> {
  return machine.must(
    `ls /run/kvmvlan/in-transit ${THERE}/run-kvmvlan/in-transit | grep -v -e : -e '^$' || true`,
  );
}
