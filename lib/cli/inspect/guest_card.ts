import type { Domain, DomainInterface } from '../../model/guest/domain';
import { columns } from '../../text/columns';

/** An overview of a guest, in lines: name, UUID, state, interfaces, disks. */
export function guestCard(domain: Domain, state: string, source: string): string {
  const interfaces = domain.interfaces.map((iface) => [
    iface.nic === null ? '-' : String(iface.nic),
    iface.dev ?? '-',
    iface.mac ?? '-',
    iface.type === '' ? '-' : iface.type,
    describeSource(iface),
    iface.alias ?? '-',
  ]);
  const disks = domain.disks.map(({ dev, source: from, format, type }) => [
    dev ?? '-',
    from ?? 'empty',
    format ?? '-',
    type === '' ? '-' : type,
  ]);
  return [
    ...columns([
      ['Name', domain.name],
      ['UUID', domain.uuid ?? '-'],
      ['State', state],
      ['XML', source],
    ]),
    '',
    ...table('interface', [['NIC', 'PORT', 'MAC', 'TYPE', 'SOURCE', 'ALIAS'], ...interfaces]),
    '',
    ...table('disk', [['DISK', 'SOURCE', 'FORMAT', 'TYPE'], ...disks]),
    '',
  ].join('\n');
}

function table(what: string, rows: readonly (readonly string[])[]): string[] {
  return rows.length === 1 ? [`No ${what}s`] : columns(rows);
}

function describeSource({ bridge, network }: DomainInterface): string {
  if (bridge !== null) return network === null ? `bridge ${bridge}` : `bridge ${bridge}, network ${network}`;
  return network === null ? '-' : `network ${network}`;
}
