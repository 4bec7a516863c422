import type { Exec } from '../../model/io';
import type { Rendering } from './detect';

/**
 * What a DHCP server recognizes the host by, as far as it depends on the name of the interface, so it would be another
 * one for the bridge; null: not in use.
 */
export interface DhcpIdentity {
  readonly iaid4: string | null;
  readonly iaid6: string | null;
  /** Only of NetworkManager: systemd-networkd has one for the whole host. */
  readonly duid6: string | null;
}

export const NO_IDENTITY: DhcpIdentity = { iaid4: null, iaid6: null, duid6: null };

/** Asks the program that has the leases. */
export async function readIdentity(exec: Exec, { renderer }: Rendering, port: string): Promise<DhcpIdentity> {
  if (renderer === 'networkd') {
    const { stdout } = await exec('networkctl', ['--no-pager', '--full', '--lines=0', 'status', port]);
    return {
      ...NO_IDENTITY,
      iaid4: hexadecimal(/DHCPv?4 Client ID: IAID:(0x[0-9a-f]+)/i.exec(stdout)?.[1]),
      iaid6: hexadecimal(/DHCPv?6 Client IAID: (0x[0-9a-f]+)/i.exec(stdout)?.[1]),
    };
  }
  const { stdout } = await exec('nmcli', ['-t', '-e', 'no', '-f', 'DHCP6', 'device', 'show', port]);
  const option = (name: string): string | null =>
    new RegExp(`^DHCP6\\.OPTION\\[\\d+\\]:${name} = (.*)$`, 'm').exec(stdout)?.[1] ?? null;
  return { ...NO_IDENTITY, iaid6: option('iaid'), duid6: option('dhcp6_client_id') };
}

/** IAID= of systemd.network(5) takes a decimal number. */
function hexadecimal(text: string | undefined): string | null {
  return text === undefined ? null : String(Number(text));
}
