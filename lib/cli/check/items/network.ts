import { isGlob, matchesGlob } from '../../../text/glob';
import { shellQuote } from '../../../text/shell_quote';
import type { FrameFacts } from '../facts';
import type { Finding } from '../finding';
import type { FindingCode } from '../finding_code';
import { isDown } from '../is_down';

/** Checks for bridges that delay or lose the frames of guests: STP, a trunk that is missing or down, a bridge that is down. */
export function checkNetwork(facts: FrameFacts): Finding[] {
  return [...checkStp(facts), ...checkDown(facts), ...checkUplinks(facts)];
}

function checkStp({ bridgeLinks, state }: FrameFacts): Finding[] {
  const item = 'stp';
  const isUsed = (name: string): boolean =>
    state === null ||
    state.switches.some(
      ({ bridge, ports, wantedBy }) =>
        bridge.name === name && (wantedBy !== null || ports.some(({ role }) => role === 'guest')),
    );
  const slow = (bridgeLinks ?? []).filter(
    ({ name, stp, forwardDelay }) => stp && forwardDelay > 2 && isUsed(name),
  );
  if (slow.length === 0)
    return [
      { item, code: 'ok', level: 'ok', message: 'STP does not delay the ports of guests', remedy: null },
    ];
  return slow.map(({ name, forwardDelay }) => ({
    item,
    code: 'stp-delay',
    level: 'warning',
    // Listening, then learning, each for the forward delay (br_stp_timer.c br_forward_delay_timer_expired).
    message: `bridge ${name} runs STP: a new port forwards nothing for ${2 * forwardDelay} s, longer than DHCP and PXE wait`,
    remedy: `sudo ip link set dev ${shellQuote(name)} type bridge stp_state 0   # if there is no loop; else forward_delay 200`,
  }));
}

/** A bridge that conf names, or that has guests. */
function checkDown(facts: FrameFacts): Finding[] {
  return (facts.state?.switches ?? [])
    .filter(({ wantedBy, ports }) => wantedBy !== null || ports.some(({ role }) => role === 'guest'))
    .filter(({ bridge }) => isDown(bridge.name, facts))
    .map(({ bridge: { name } }) => ({
      item: 'uplink',
      code: 'bridge-down',
      level: 'failure',
      message: `bridge ${name} is down`,
      remedy: `sudo ip link set dev ${shellQuote(name)} up`,
    }));
}

function checkUplinks(facts: FrameFacts): Finding[] {
  const { links, state } = facts;
  const item = 'uplink';
  if (state === null) return [];
  return state.targets.flatMap(({ rule, bridge, ports, trunks }): Finding[] => {
    const where = `${rule.place.file}:${rule.place.line}`;
    const findings: Finding[] = [];
    const add = (code: FindingCode, message: string, remedy: string): void =>
      void findings.push({ item, code, level: 'failure', message, remedy });
    if (bridge === null) {
      add(
        'bridge-missing',
        `there is no bridge ${rule.bridge} (${where})`,
        `sudo ip link add name ${shellQuote(rule.bridge)} up type bridge && sudo bridge_init`,
      );
      return findings;
    }
    const inNone = (name: string): boolean => state.host.ports.get(name) === undefined;
    const wifi = rule.trunkPorts.filter((name) => inNone(name) && links?.get(name)?.hardware === 'wifi');
    for (const name of wifi)
      // cfg80211 sets IFF_DONT_BRIDGE for a client, unless 4addr is on (net/wireless/core.c). sysfs has no mode.
      add(
        'trunk-wifi',
        `trunk port ${name} (${where}) is a Wi-Fi interface in no bridge: a client cannot join one, because access points forward no frames of guests`,
        'virsh net-start default   # the guests need a network of libvirt with NAT, or another uplink',
      );
    if (rule.trunkPorts.length > wifi.length && trunks.length === 0) {
      add(
        'no-uplink',
        `bridge ${bridge.name} has no uplink: none of its ports is a trunk (${where}: ${rule.trunkPorts.join(', ')})`,
        joinBridge(rule.trunkPorts[0] ?? '', bridge.name),
      );
    }
    const missing = rule.trunkPorts.filter(
      (pattern) => !wifi.includes(pattern) && !ports.some(({ name }) => matchesGlob(pattern, name)),
    );
    for (const name of trunks.length === 0 ? [] : missing) {
      const elsewhere = state.host.ports.get(name);
      const is =
        elsewhere === undefined ? `not a port of bridge ${bridge.name}` : `in bridge ${elsewhere.bridge}`;
      add(
        elsewhere === undefined ? 'trunk-missing' : 'trunk-in-other-bridge',
        `trunk port ${name} is ${is} (${where})`,
        joinBridge(name, bridge.name),
      );
    }
    const down = trunks.filter((name) => state.host.ports.get(name)?.isUp === false);
    for (const name of down)
      add(
        'trunk-down',
        `trunk ${name} of bridge ${bridge.name} is down or has no cable`,
        `sudo ip link set dev ${shellQuote(name)} up && ip link show dev ${shellQuote(name)}`,
      );
    if (findings.length === 0 && trunks.length > 0 && !isDown(bridge.name, facts))
      findings.push({
        item,
        code: 'ok',
        level: 'ok',
        message: `bridge ${bridge.name}: ${trunks.join(', ')} is up`,
        remedy: null,
      });
    return findings;
  });
}

/** @param port a name, or a pattern from conf */
function joinBridge(port: string, bridge: string): string {
  const [name, about] = isGlob(port)
    ? ['PORT', `   # PORT: an interface that matches ${shellQuote(port)}`]
    : [shellQuote(port), ''];
  return `sudo ip link set dev ${name} master ${shellQuote(bridge)} up && sudo bridge_init${about}`;
}
