import type { ChangeCommand, NetworkChange } from '../../model/network/network_change';
import type { BridgeMove } from '../ifupdown/bridge_move';
import { clientOf } from '../ifupdown/client_of';
import { copyLeases, removeLeases } from '../ifupdown/dhcp_client';
import { hidingFiles, keptFiles } from '../ifupdown/moved_files';
import { askForRouters, hearsRouters } from './hear_routers';

/** A client of DHCP has to get its lease meanwhile. */
const SLOW = { timeoutMs: 150_000, mayFail: true } as const;

/**
 * ifreload compares the files with the interfaces that it made before, so the trial files only have to hide those in
 * /etc. It does not change the parent of a VLAN interface, so these are deleted first; and it would release DHCP leases
 * when it takes interfaces down, so clients are ended before.
 */
export function ifupdown2Change(move: BridgeMove): Omit<NetworkChange, 'backend'> {
  const { to, files, state, bridge, port, vlans, network } = move;
  const dhcp = clientOf(move);
  const client = dhcp?.client ?? null;
  const [source, target] = to === 'withBridge' ? [port, bridge] : [bridge, port];
  const deleteLinks = (names: readonly string[]): ChangeCommand[] =>
    names.map((name) => ({ command: 'ip', args: ['link', 'del', 'dev', name], mayFail: true }));
  const stop = (dev: string): ChangeCommand[] =>
    (dhcp?.families ?? [])
      .flatMap((family) => dhcp?.client.stop(dev, family) ?? [])
      .map(([command = '', ...args]): ChangeCommand => ({ command, args, mayFail: true }));
  const reload: ChangeCommand = { command: 'ifreload', args: ['-a'], ...SLOW };
  const link = network.links.get(source);
  const hears = link !== undefined && state.portHasIpv6 && hearsRouters(link, network);
  const set = (...settings: string[]): ChangeCommand => ({
    command: 'sysctl',
    args: ['-q', '-e', '-w', ...settings.map((one) => `net/ipv6/conf/${port}/${one}`)],
    mayFail: true,
  });
  // ifupdown2 turns the IPv6 of a port off, but never on again. It then removes addresses that routers have announced, and
  // cannot add a gateway to theirs, so the port must not hear them before it has its own.
  const freePort: ChangeCommand[] = [
    ...deleteLinks([bridge]),
    ...(hears ? [set('accept_ra=0')] : []),
    ...(state.portHasIpv6 ? [set('disable_ipv6=0')] : []),
  ];
  const hearAgain = (hears ? askForRouters(link, port, state.portAcceptRa) : []).map(
    ([command = '', ...args]): ChangeCommand => ({ command, args, mayFail: true }),
  );
  const isNew = to === 'withBridge';
  return {
    trial: hidingFiles(files, to),
    start: [
      ...stop(source),
      ...(client === null ? [] : copyLeases(client, state.leases, source, target)),
      ...deleteLinks(vlans),
      ...(isNew ? [] : freePort),
      reload,
      ...(isNew ? [] : hearAgain),
    ],
    undo: [
      ...stop(target),
      ...deleteLinks(vlans),
      ...(isNew ? freePort : []),
      reload,
      // ifreload leaves interfaces alone that udev starts.
      { command: 'ifup', args: [isNew ? port : bridge], ...SLOW },
      ...(isNew ? hearAgain : []),
      ...(isNew && client !== null ? [removeLeases(client, bridge)] : []),
    ],
    kept: keptFiles(files, to),
    settle: !isNew && client !== null ? [removeLeases(client, bridge)] : [],
  };
}
