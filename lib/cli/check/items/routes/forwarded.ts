import { contains, formatIp, formatPrefix, type IpAddress } from '../../../../model/address/ip_address';
import type { RoutedTap } from '../../../../plan/routes/routed_tap';
import { distinct } from '../../../../text/distinct';
import type { Finding } from '../../finding';
import { fates, type ProgramFate } from '../../netfilter/fates';
import { connection } from '../../netfilter/packet';
import { commandOf, nameOfProgram, printRules, type Program } from '../../netfilter/programs';
import type { RouteFacts } from '../../route_facts';
import { routeFinding } from './route_finding';

/** Checks whether netfilter drops what guests send, or the answers. */
export function checkForwarded(facts: RouteFacts, isRoot: boolean): Finding[] {
  const found = facts.taps
    .filter(({ presence }) => presence === 'here')
    .flatMap((tap) =>
      tap.wish.addresses.flatMap((address) => checkAddress(tap, address, facts, isRoot) ?? []),
    );
  // One rule for a pool is for all of its guests.
  return distinct(
    found,
    ({ by, range }) => JSON.stringify([by, range]),
    ({ finding }, before) => finding.level === 'failure' || before.finding.level !== 'failure',
  ).map(({ finding }) => finding);
}

/** What is wrong with the rules of a program for a range of addresses; null: for none in particular, or not known which. */
interface Judged {
  readonly by: Program | null;
  readonly range: string | null;
  readonly finding: Finding;
}

function checkAddress(
  { guest, dev, wish }: RoutedTap,
  address: IpAddress,
  { rules: all, conf }: RouteFacts,
  isRoot: boolean,
): Judged | null {
  const { family } = address;
  const rules = all[family];
  if (rules === null) return null;
  const text = formatIp(address);
  const judged = connection(family, text, wish.vrf ?? dev, wish.uplink).map((packet) => fates(rules, packet));
  const by = (wanted: ProgramFate['fate']): Program | undefined =>
    judged.flat().find(({ fate }) => fate === wanted)?.by;
  const pool = conf.defaults.get('pool')?.find((prefix) => contains(prefix, address));
  const range = pool === undefined ? text : formatPrefix(pool);
  const dropper = by('dropped');
  if (dropper !== undefined) {
    const what = judged[0]?.some(({ fate }) => fate === 'dropped') === true ? 'sends' : 'gets as an answer';
    const finding = routeFinding(
      'route-dropped',
      'failure',
      `${nameOfProgram(dropper)} drops what guest ${guest} (${text}) ${what}: no rule of its forward chain accepts it`,
      accepting(dropper, family, range),
    );
    return { by: dropper, range, finding };
  }
  const unread = by(null);
  if (unread !== undefined) {
    const print = printRules(unread, family);
    const why = isRoot ? `: \`${print}\` does not print them` : ' without root';
    const message = `${nameOfProgram(unread)} may drop what routed guests send; its rules cannot be read${why}`;
    const finding = routeFinding(
      'iptables-rules-unknown',
      isRoot ? 'warning' : 'unknown',
      message,
      isRoot ? print : 'sudo kvmvlan check',
    );
    // Without root, the rules of no program can be read.
    return { by: isRoot ? unread : null, range: null, finding };
  }
  const doubtful = by('unsure');
  if (doubtful === undefined) return null;
  const finding = routeFinding(
    'iptables-rules-unknown',
    'warning',
    `${nameOfProgram(doubtful)} may drop what guest ${guest} (${text}) sends or gets: that depends on the other side, or on a rule that kvmvlan does not understand`,
    accepting(doubtful, family, range),
  );
  return { by: doubtful, range, finding };
}

/** Rules for addresses, because taps get other names at each start. */
function accepting(dropper: Program, family: 4 | 6, range: string): string {
  switch (dropper.kind) {
    case 'firewalld':
      return acceptingInFirewalld(family, range);
    case 'ufw':
      return `sudo ufw route allow from ${range} && sudo ufw route allow to ${range}`;
    case 'table': {
      const header = family === 4 ? 'ip' : 'ip6';
      const rules = ['saddr', 'daddr'].map((side) => `${header} ${side} ${range} accept`);
      return `sudo nft list table ${dropper.family} ${dropper.name}   # add to its forward chain: ${rules.join('; ')}`;
    }
    case 'iptables':
      return ['-s', '-d']
        .map((side) => `sudo ${commandOf(dropper)} -I FORWARD ${side} ${range} -j ACCEPT`)
        .join(' && ');
    // Its rules cannot be read: nothing is known that they drop.
    case 'nftables':
      return printRules(dropper, family);
  }
}

/** A policy between zones is for packets that the host forwards, not for those to the host. */
function acceptingInFirewalld(family: 4 | 6, range: string): string {
  const set = (words: string): string => `sudo firewall-cmd --permanent ${words}`;
  const inPolicy = [
    '--add-ingress-zone=ANY',
    '--add-egress-zone=ANY',
    ...['source', 'destination'].map(
      (side) => `--add-rich-rule='rule family=ipv${family} ${side} address=${range} accept'`,
    ),
  ].map((words) => set(`--policy=kvmvlan ${words}`));
  // It exists already if this was done for the other family.
  const create = `${set('--get-policies')} | grep -qw kvmvlan || ${set('--new-policy=kvmvlan')}`;
  return `${create}; ${inPolicy.join(' && ')} && sudo firewall-cmd --reload`;
}
