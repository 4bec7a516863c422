import type { NetworkChange } from '../../model/network/network_change';
import type { Backend, Rendered } from '../backend';
import type { BridgeMove } from './bridge_move';
import type { Dialect } from './dialect';
import { extraFiles, movedFiles, recordedFiles } from './moved_files';
import { readIfupdown, type IfupdownState } from './snapshot';

/** A program that reads /etc/network/interfaces. */
export interface InterfacesProgram extends Pick<Backend, 'detect'> {
  readonly name: 'ifupdown' | 'ifupdown2';
  readonly dialect: Dialect;
  readonly change: (move: BridgeMove) => Omit<NetworkChange, 'backend'>;
}

export function interfacesBackend({
  name,
  detect,
  dialect,
  change,
}: InterfacesProgram): Backend<IfupdownState> {
  return {
    name,
    detect,
    snapshot: readIfupdown,

    render(state, request): Rendered {
      const moved = movedFiles(state, request, dialect);
      if (moved.files === null) return { change: null, problems: moved.problems };
      const { bridge, network, port } = request;
      const vlans = request.vlans.map((vlan) => vlan.name);
      const made = change({
        to: 'withBridge',
        files: moved.files,
        state,
        bridge,
        port: port.name,
        vlans,
        network,
      });
      const kept = [...made.kept, ...(state.cloudInit === null ? [] : [state.cloudInit])];
      return { change: { backend: name, ...made, kept }, problems: moved.problems };
    },

    async renderRemoval(io, record, network): Promise<Rendered> {
      const state = await readIfupdown(io, record.port);
      const { files, problems } = recordedFiles(state.files, record);
      if (files === null) return { change: null, problems };
      const { bridge, port } = record;
      const vlans = record.vlans.map((vlan) => vlan.name);
      // The port's IPv6 is off because of the bridge. If it was on before, the undo of the creation turns it on.
      const on = `net/ipv6/conf/${port}/disable_ipv6=0`;
      const before = { ...state, portHasIpv6: JSON.stringify(record.created).includes(on) };
      const made = change({ to: 'without', files, state: before, bridge, port, vlans, network });
      const kept = [...made.kept, ...extraFiles(io.files, files, record)];
      return { change: { backend: name, ...made, kept }, problems };
    },
  };
}
