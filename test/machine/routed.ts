import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Machine } from './machine';
import { machineTests } from './machine_tests';
import { onThere, THERE, type Host } from './second_host';

/** What the host must have for routed guests with the uplink `wire`; `kvmvlan check` prints it. */
export const ROUTER_SETTINGS = `cd /proc/sys/net/ipv4
  for on in conf/wire/forwarding conf/wire/arp_ignore; do echo 1 >$on; done
  for off in conf/all/send_redirects conf/wire/send_redirects neigh/wire/proxy_delay; do echo 0 >$off; done`;

const SCRIPT = '/root/who_answers.py';
const STOP = '/run/asking.stop';
const OUT = '/run/asking.out';

/** The MAC addresses of all that answered one question, and when it was asked. */
type Change = readonly [seconds: number, macs: readonly string[]];

/** Asks for an address all the time, from the network that joins both hosts. */
export async function askFor(machine: Machine, address: string): Promise<void> {
  await machine.write(SCRIPT, readFileSync(join(machineTests, 'guest/who_answers.py'), 'utf8'));
  await machine.must(
    `rm -f ${STOP} ${OUT}
     ip netns exec lan python3 ${SCRIPT} lan 10.9.0.254 ${address} ${STOP} </dev/null >${OUT} 2>&1 & echo $! >/run/asking.pid
     until [ -s ${OUT} ]; do kill -0 $!; sleep 0.1; done`,
  );
}

/** Who answered for an address, one after the other; `here+there`: both answered one question. */
export interface Answered {
  readonly hosts: readonly string[];
  /** The longest time in seconds in which nobody answered between two who did. */
  readonly nobody: number;
}

/** Stops asking. */
export async function whoAnswered(machine: Machine): Promise<Answered> {
  const printed = await machine.must(
    `touch ${STOP}; while kill -0 "$(cat /run/asking.pid)" 2>/dev/null; do sleep 0.1; done; cat ${OUT}`,
  );
  const names = new Map<string, Host>([
    [await wireMac(machine, 'here'), 'here'],
    [await wireMac(machine, 'there'), 'there'],
  ]);
  const changes = JSON.parse(printed.slice(printed.indexOf('\n') + 1)) as Change[];
  const all = changes.map(([since, macs]) => ({
    since,
    host: macs
      .map((mac) => names.get(mac) ?? mac)
      .sort()
      .join('+'),
  }));
  const gaps = all.flatMap(({ host, since }, place) => {
    const next = all[place + 1];
    return host === '' && place > 0 && next !== undefined ? [next.since - since] : [];
  });
  const hosts = all.map(({ host }) => host).filter((host) => host !== '');
  return {
    hosts: hosts.filter((host, place) => host !== hosts[place - 1]),
    nobody: Math.max(0, ...gaps),
  };
}

/** The MAC address of a host on the network that joins both. */
export async function wireMac(machine: Machine, host: Host): Promise<string> {
  const cat = 'cat /sys/class/net/wire/address';
  return (await (host === 'here' ? machine.must(cat) : onThere(machine, cat))).trim();
}

/** The guests that are in transit, as guest_routes of each host sees it. */
export async function inTransit(machine: Machine): Promise<string> {
  return machine.must(
    `ls /run/kvmvlan/in-transit ${THERE}/run-kvmvlan/in-transit | grep -v -e : -e '^$' || true`,
  );
}
