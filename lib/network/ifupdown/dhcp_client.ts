import type { ChangeCommand } from '../../model/network/network_change';
import { shellQuote } from '../../text/shell_quote';
import type { NetworkFiles } from '../network_files';

/** A DHCP client, and the files in which it keeps the leases and the identity of an interface. */
export interface DhcpClient {
  /**
   * The commands that end it for an interface and `inet` or `inet6`, without a release: the server would give the address
   * to others.
   */
  readonly stop: (dev: string, family: string) => string[][];
  readonly folder: string;
  readonly leases: (dev: string) => string[];
}

const dhclient: DhcpClient = {
  stop: (dev, family) => {
    const [option, digit] = family === 'inet6' ? ['-6', '6'] : ['-4', ''];
    const files = [
      '-pf',
      `/run/dhclient${digit}.${dev}.pid`,
      '-lf',
      `/var/lib/dhcp/dhclient${digit}.${dev}.leases`,
    ];
    return [['dhclient', option, '-x', ...files, dev]];
  },
  folder: '/var/lib/dhcp',
  leases: (dev) => [`dhclient.${dev}.leases`, `dhclient6.${dev}.leases`],
};

const dhcpcd: DhcpClient = {
  // With `persistent`, which Debian sets, its name servers would stay in resolv.conf, which holds no more than three.
  stop: (dev) => [
    ['dhcpcd', '-x', dev],
    ...['dhcp', 'dhcp6', 'ra'].map((protocol) => [
      ...['env', 'reason=STOPPED', `interface=${dev}`, `protocol=${protocol}`],
      ...['if_configured=true', 'if_down=true', '/usr/lib/dhcpcd/dhcpcd-run-hooks'],
    ]),
  ],
  folder: '/var/lib/dhcpcd',
  leases: (dev) => [`${dev}.lease`, `${dev}.lease6`],
};

/** It keeps no lease, and its identity is the MAC. */
const udhcpc: DhcpClient = {
  stop: (dev) => [['sh', '-c', `kill "$(cat /run/udhcpc.${shellQuote(dev)}.pid)"`]],
  folder: '/run',
  leases: () => [],
};

/** The client that ifupdown uses: the first one that is installed (inet.defn); null: none. */
export function dhcpClient(io: NetworkFiles): DhcpClient | null {
  const has = (name: string): boolean =>
    ['/sbin', '/usr/sbin', '/bin', '/usr/bin'].some((folder) => io.names(folder)?.includes(name) === true);
  if (has('dhclient')) return dhclient;
  if (has('udhcpc')) return udhcpc;
  return has('dhcpcd') ? dhcpcd : null;
}

/**
 * Commands that give an interface the leases of another one, with the identity that the server knows. dhclient writes
 * the interface's name into the file; dhcpcd does not.
 *
 * @param existing the names in the client's folder
 */
export function copyLeases(
  client: DhcpClient,
  existing: readonly string[],
  from: string,
  to: string,
): ChangeCommand[] {
  const names = client.leases(to);
  return client.leases(from).flatMap((name, index): ChangeCommand[] => {
    const copy = `${client.folder}/${names[index] ?? ''}`;
    if (!existing.includes(name)) return [];
    const rename = `s/^\\( *interface \\)"${from.replaceAll('.', '\\.')}"/\\1"${to}"/`;
    return [
      { command: 'cp', args: ['--', `${client.folder}/${name}`, copy], mayFail: true },
      ...(client === dhclient
        ? [{ command: 'sed', args: ['-i', rename, copy], mayFail: true as const }]
        : []),
    ];
  });
}

export function removeLeases(client: DhcpClient, dev: string): ChangeCommand {
  return { command: 'rm', args: ['-f', ...client.leases(dev).map((name) => `${client.folder}/${name}`)] };
}
