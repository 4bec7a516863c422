import type { Problem } from '../../model/problem';
import type { BridgeRequest } from '../backend';
import { eui64, interfaceIdentifier } from '../interface_identifier';
import { losesGuests } from '../networkd/bridge_vlan_section';
import { toProblem } from '../networkd/problems';
import { slaacIdentifiers } from '../networkd/slaac_identifiers';
import { lastText, type Definition } from './definition';
import type { ChangedFile } from './moved_files';
import { addressesChange, endsCloudInit, losesComments, unknownKey } from './problems';
import type { NetplanState } from './snapshot';
import { unknownKeys } from './split_definition';
import { isOfCloudInit } from '../cloud_init';

/** What the change does not keep exactly. */
export function warnings(
  state: NetplanState,
  definition: Definition,
  changed: readonly ChangedFile[],
  request: BridgeRequest,
): Problem[] {
  const { port, bridgeVlans } = request;
  const found: Problem[] = [];
  for (const { file } of changed) if (hasComments(file.text)) found.push(losesComments(file));
  for (const { file, part } of definition.parts)
    for (const key of unknownKeys(part))
      found.push(unknownKey(key, { name: definition.id, path: file.path }, request));
  const token = lastText(definition, 'ipv6-address-token');
  const kept = [eui64(port.mac), ...(token === null ? [] : [interfaceIdentifier(token)])];
  if (
    lastText(definition, 'ipv6-address-generation') === 'stable-privacy' ||
    slaacIdentifiers(port).some((identifier) => !kept.includes(identifier))
  )
    found.push(addressesChange(request));
  if (state.rendering.renderer === 'networkd' && losesGuests(bridgeVlans, state.systemd))
    found.push(toProblem({ kind: 'loses-guests', port: port.name }));
  if (state.cloudInitOff !== null) found.push(endsCloudInit(state.cloudInitOff.path));
  return found;
}

/** Whether there are comments worth keeping: those that cloud-init writes at the top are not. */
export function hasComments(text: string): boolean {
  const lines = text.split('\n');
  const isHeader = isOfCloudInit(text);
  const start = isHeader ? lines.findIndex((line) => !line.startsWith('#')) : 0;
  return lines.slice(Math.max(start, 0)).some((line) => /(^|\s)#/.test(line));
}
