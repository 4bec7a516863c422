import type { ChangeCommand, NetworkChange } from '../../model/network/network_change';
import type { HostNetwork } from '../../model/network/host_network';
import { clientOf } from './client_of';
import { copyLeases, removeLeases } from './dhcp_client';
import { ifaceHead, type Stanza } from './interfaces_text';
import type { BridgeMove } from './bridge_move';
import { hidingFiles, keptFiles, stanzasOf } from './moved_files';
import { takeDownFile } from './take_down';

/** The file of `ifdown -i`, and the copy that remains for the undo after the trial files have been removed. */
const TAKE_DOWN = '/run/kvmvlan/ifupdown/take-down';
const COPY = '/run/kvmvlan/ifupdown-undo';

/** DHCP clients give up after a minute and continue in the background. */
const SLOW = { timeoutMs: 150_000, mayFail: true } as const;

/**
 * Takes all interfaces down by a file that knows both configurations, and up by the files in /etc, which the trial files
 * hide or do not hide. Whether that succeeded is seen from the addresses: ifup can fail with exit status 0.
 */
export function ifupdownChange(move: BridgeMove): Omit<NetworkChange, 'backend'> {
  const { to, files, state, bridge, port, network } = move;
  const from = to === 'without' ? 'withBridge' : 'without';
  const [without, withBridge] = [stanzasOf(files, 'without'), stanzasOf(files, 'withBridge')];
  const text = takeDownFile({ ...move, ...state, without, withBridge });
  const up = { without: upOrder(without, move), withBridge: upOrder(withBridge, move) };
  const all = [...new Set([...up.withBridge, ...up.without])].filter((name) => !isSlave(name, network, port));
  const down = (names: readonly string[], ...options: string[]): ChangeCommand => {
    return {
      command: 'ifdown',
      args: [...options, '--ignore-errors', '-i', COPY, ...[...names].reverse()],
      ...SLOW,
    };
  };
  const client = clientOf(move)?.client ?? null;
  const [source, target] = to === 'withBridge' ? [port, bridge] : [bridge, port];
  return {
    trial: [...hidingFiles(files, to), { path: TAKE_DOWN, text, mode: 0o600, over: null }],
    start: [
      { command: 'install', args: ['-m', '600', TAKE_DOWN, COPY] },
      down(up[from].filter((name) => !isSlave(name, network, port))),
      ...(client === null ? [] : copyLeases(client, state.leases, source, target)),
      { command: 'ifup', args: up[to], ...SLOW },
    ],
    undo: [
      down(all, '--force'),
      ...(to === 'withBridge'
        ? [{ command: 'ip', args: ['link', 'del', 'dev', bridge], mayFail: true as const }]
        : []),
      { command: 'ifup', args: up[from], ...SLOW },
      ...(to === 'withBridge' && client !== null ? [removeLeases(client, bridge)] : []),
    ],
    kept: keptFiles(files, to),
    settle: [
      { command: 'rm', args: ['-f', COPY] },
      ...(to === 'without' && client !== null ? [removeLeases(client, bridge)] : []),
    ],
  };
}

/** The interfaces in the order in which they are started: the port, the ports of a bond, the bridge, labels, VLANs. */
function upOrder(stanzas: readonly Stanza[], { port, bridge, vlans, network }: BridgeMove): string[] {
  const names = [...new Set(stanzas.flatMap((stanza) => ifaceHead(stanza)?.name ?? []))];
  const labels = names.filter((name) => name.startsWith(`${port}:`) || name.startsWith(`${bridge}:`));
  const slaves = names.filter((name) => isSlave(name, network, port));
  return [port, ...slaves, bridge, ...labels, ...vlans].filter((name) => names.includes(name));
}

/** ifenslave takes the ports of a bond up and down with it. Those with `bond-master` have to be started again. */
function isSlave(name: string, network: HostNetwork, port: string): boolean {
  return network.links.get(name)?.master === port;
}
