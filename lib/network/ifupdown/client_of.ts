import type { BridgeMove } from './bridge_move';
import type { DhcpClient } from './dhcp_client';
import { methodOf } from './inherited_options';
import { ifaceHead } from './interfaces_text';
import { stanzasOf } from './moved_files';

/** The DHCP client of the NIC and then of the bridge, and for which families they use it; null: they do not. */
export function clientOf({
  files,
  port,
  state,
}: BridgeMove): { readonly client: DhcpClient; readonly families: readonly string[] } | null {
  const stanzas = stanzasOf(files, 'without');
  const families = stanzas
    .filter((stanza) => ifaceHead(stanza)?.name === port && methodOf(stanza, stanzas) === 'dhcp')
    .map((stanza) => ifaceHead(stanza)?.family ?? 'inet');
  return families.length === 0 || state.client === null ? null : { client: state.client, families };
}
