import { parseBoolean } from '../booleans';
import type { BridgeRequest } from '../backend';
import { valueOf, type Section } from '../sections';
import { vlanSections } from './bridge_vlan_section';
import { formatSections, sectionOf, type RawSection } from './raw_sections';

/** Where the addresses of an interface come from and go to, for the comment at the top of each file. */
export interface Origin {
  readonly request: BridgeRequest;
  /** The .network file that configured the port. */
  readonly file: string;
  /** Its sections with those of its drop-ins. */
  readonly effective: readonly Section[];
}

/**
 * The .netdev file. The MAC address is set when the bridge is created, so nothing else chooses one. VLAN filtering and
 * the PVID are set before the bridge has a port.
 */
export function bridgeNetdev({ request, effective }: Origin): string {
  const { bridge, port, bridgeVlans } = request;
  const mtu = mtuOf(request, effective);
  const netdev = sectionOf('NetDev', [
    ['Name', bridge],
    ['Kind', 'bridge'],
    ['MACAddress', port.mac],
    ...mtuEntry(mtu),
  ]);
  const settings = sectionOf('Bridge', [
    ['STP', 'no'],
    ['VLANFiltering', 'yes'],
    ['DefaultPVID', String(vlanSections(bridgeVlans).defaultPvid ?? 'none')],
  ]);
  return withComment(`${bridge} is for guests and has the MAC address of ${port.name}.`, [netdev, settings]);
}

/** The bridge's .network file: all about addresses that the port's file had. */
export function bridgeNetwork({ request, file, effective }: Origin, moved: readonly RawSection[]): string {
  const { bridge, port } = request;
  const mtu = mtuOf(request, effective);
  const sections = [
    sectionOf('Match', [['Name', bridge]]),
    sectionOf('Link', [...mtuEntry(mtu), ...(isStartedByHand(effective) ? [NOT_REQUIRED] : [])]),
    ...moved,
    ...(ignoresCarrierLoss(effective) ? [] : [sectionOf('Network', [['IgnoreCarrierLoss', '10s']])]),
  ];
  return (
    withComment(`The addresses of ${port.name}, from ${file}.`, sections) +
    after(vlanSections(request.bridgeVlans).own)
  );
}

const NOT_REQUIRED = ['RequiredForOnline', 'no'] as const;

/** With such an ActivationPolicy=, an interface is not required to be online, and the bridge has no such policy. */
function isStartedByHand(effective: readonly Section[]): boolean {
  const policy = valueOf(effective, 'Link', 'ActivationPolicy') ?? '';
  return (
    ['manual', 'down', 'always-down'].includes(policy) &&
    valueOf(effective, 'Link', 'RequiredForOnline') === null
  );
}

/**
 * The bridge has no carrier for a moment whenever its port changes, and would lose its addresses.
 * ConfigureWithoutCarrier=yes already means that it keeps them.
 */
function ignoresCarrierLoss(effective: readonly Section[]): boolean {
  return (
    valueOf(effective, 'Network', 'IgnoreCarrierLoss') !== null ||
    parseBoolean(valueOf(effective, 'Network', 'ConfigureWithoutCarrier') ?? '') === true
  );
}

/** The port's .network file: what its file says about the link. */
export function portNetwork({ request, file, effective }: Origin, moved: readonly RawSection[]): string {
  const { bridge, port } = request;
  const isSet = (key: string): boolean => valueOf(effective, 'Link', key) !== null;
  const isOptional = parseBoolean(valueOf(effective, 'Link', 'RequiredForOnline') ?? '') === false;
  const sections = [
    sectionOf('Match', [['Name', port.name]]),
    sectionOf('Link', [
      ...(isSet('MTUBytes') ? [] : mtuEntry(mtuOf(request, effective))),
      ...(isOptional ? [NOT_REQUIRED] : []),
    ]),
    ...moved,
    sectionOf('Network', [
      ['Bridge', bridge],
      ['LinkLocalAddressing', 'no'],
      ['IPv6AcceptRA', 'no'],
    ]),
  ];
  return (
    withComment(`${port.name} is the port of ${bridge}, which has its addresses from ${file}.`, sections) +
    after(vlanSections(request.bridgeVlans).trunk)
  );
}

/** The file that keeps systemd-networkd away from the taps of guests. */
export function guestsNetwork(): string {
  const sections = [sectionOf('Match', [['Name', 'vnet*']]), sectionOf('Link', [['Unmanaged', 'yes']])];
  return withComment('The ports of guests stay on their bridges.', sections);
}

function after(section: string): string {
  return section === '' ? '' : `\n${section}`;
}

/** The MTU to set explicitly; null: the kernel's default is right. */
function mtuOf({ port }: BridgeRequest, effective: readonly Section[]): number | null {
  return port.mtu === 1500 && valueOf(effective, 'Link', 'MTUBytes') === null ? null : port.mtu;
}

function mtuEntry(mtu: number | null): (readonly [string, string])[] {
  return mtu === null ? [] : [['MTUBytes', String(mtu)]];
}

function withComment(comment: string, sections: readonly RawSection[]): string {
  return `# ${comment} Written by kvmvlan.\n${formatSections(sections)}`;
}
