import type { Problem } from '../../model/problem';
import type { BridgeRequest } from '../backend';
import { eui64, interfaceIdentifier } from '../interface_identifier';
import { losesGuests } from '../networkd/bridge_vlan_section';
import { toProblem } from '../networkd/problems';
import { slaacIdentifiers } from '../networkd/slaac_identifiers';
import { lastText, type Definition } from './definition';
import type { ChangedFile } from './moved_files';
import { oldPath, type NetplanState } from './snapshot';
import { unknownKeys } from './split_definition';
import { isOfCloudInit } from '../cloud_init';

/** What the change does not keep exactly. */
export function warnings(
  state: NetplanState,
  definition: Definition,
  changed: readonly ChangedFile[],
  { bridge, port, bridgeVlans }: BridgeRequest,
): Problem[] {
  const found: Problem[] = [];
  const warn = (message: string, hint: string): void =>
    void found.push({ level: 'warning', code: 'bridge-cannot-keep', message: `${message}.`, hint });
  for (const { file } of changed)
    if (hasComments(file.text))
      warn(
        `the comments in ${file.path} are lost, because the file is written anew`,
        `The present file will remain as ${oldPath(file.name)}.`,
      );
  for (const { file, part } of definition.parts)
    for (const key of unknownKeys(part))
      warn(
        `kvmvlan does not know ${key} of ${definition.id} in ${file.path}, so it stays with ${port.name}`,
        `If it is about addresses, move it to ${bridge} after the change.`,
      );
  const token = lastText(definition, 'ipv6-address-token');
  const kept = [eui64(port.mac), ...(token === null ? [] : [interfaceIdentifier(token)])];
  if (
    lastText(definition, 'ipv6-address-generation') === 'stable-privacy' ||
    slaacIdentifiers(port).some((identifier) => !kept.includes(identifier))
  )
    warn(
      `IPv6 addresses of ${port.name} depend on the interface's name (stable-privacy): ${bridge} gets others`,
      'To keep an address, set ipv6-address-token instead before the change.',
    );
  if (state.rendering.renderer === 'networkd' && losesGuests(bridgeVlans, state.systemd))
    found.push(toProblem({ kind: 'loses-guests', port: port.name }));
  if (state.cloudInitOff !== null)
    warn(
      'cloud-init will not configure the network of this host any more: it would remove the bridge',
      `To let it do so again, remove ${state.cloudInitOff.path}.`,
    );
  return found;
}

/** Whether there are comments worth keeping: those that cloud-init writes at the top are not. */
export function hasComments(text: string): boolean {
  const lines = text.split('\n');
  const isHeader = isOfCloudInit(text);
  const start = isHeader ? lines.findIndex((line) => !line.startsWith('#')) : 0;
  return lines.slice(Math.max(start, 0)).some((line) => /(^|\s)#/.test(line));
}
