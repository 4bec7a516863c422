import { formatVidList } from '../../model/vlan/vid_list';
import type { Dialect } from '../ifupdown/dialect';
import { indentOf, keyOf, newLine } from '../ifupdown/interfaces_text';

/** ifupdown2: it enforces the VLANs of listed ports at each reload, and sorts interfaces by what they depend on. */
export const ifupdown2Dialect: Dialect = {
  bridge: ({ bridge: _, port, pvid, tagged }) => [
    `hwaddress ${port.mac}`,
    `bridge-ports ${port.name}`,
    'bridge-stp off',
    'bridge-fd 0',
    'bridge-vlan-aware yes',
    `bridge-pvid ${pvid}`,
    ...(tagged.length > 0 ? [`bridge-vids ${formatVidList(tagged).replaceAll(',', ' ')}`] : []),
    // A reload removes all ports that are neither listed nor matched by this pattern: the guests'.
    'bridge-ports-condone-regex .*',
  ],

  port: () => [],

  vlan({ stanza, vlan, link, isFirst }, { bridge }) {
    const own = /^vlan-(raw-device|id)$/;
    const protocol = link?.vlan?.protocol === '802.1ad' ? ['vlan-protocol 802.1ad'] : [];
    const lines = isFirst ? [`vlan-raw-device ${bridge}`, `vlan-id ${vlan.vid}`, ...protocol] : [];
    return {
      ...stanza,
      body: [
        ...lines.map((line) => newLine(indentOf(stanza) + line)),
        ...stanza.body.filter(
          (option) =>
            !own.test(keyOf(option)) && (protocol.length === 0 || keyOf(option) !== 'vlan-protocol'),
        ),
      ],
    };
  },
};
