import { reportJson } from './report_json';

/** How a plugin is called by hand. */
export interface PluginOptions {
  readonly name: string;
  readonly summary: string;
  readonly positionals: readonly {
    readonly name: string;
    readonly required: boolean;
    readonly describe: string;
  }[];
  /** Whether `--all` can replace the first positional; `--settle` goes with it. */
  readonly takesAll: boolean;
  /** Whether `--force` has an effect. */
  readonly takesForce?: boolean;
  /** Whether `--follow` can replace `--all`. */
  readonly takesFollow?: boolean;
  /** Makes from the report what `--json` prints; by default the report itself. */
  readonly toJson?: (report: object) => object;
  readonly examples: readonly (readonly [command: string, what: string])[];
}

const conf = (name: string) => ({
  name: 'conf',
  required: false,
  describe: `conf file [default: conf/${name}.conf of the hooks]`,
});

export const vlanFilteringOptions: PluginOptions = {
  name: 'vlan_filtering',
  summary: 'Sets the VLANs of the bridge ports of a guest as conf says, and reads them back.',
  positionals: [{ name: 'guest', required: false, describe: "the guest's name" }, conf('vlan_filtering')],
  takesAll: true,
  toJson: reportJson,
  examples: [
    ['vlan_filtering VM1', 'set the ports of VM1 as conf says'],
    ['vlan_filtering --all', 'the same for every running guest of the host'],
    ['vlan_filtering VM1 --dry-run', 'show the commands, change nothing'],
    ['vlan_filtering VM1 other.conf', 'use another conf file'],
    ['vlan_filtering -- -odd-name', 'a guest whose name begins with a dash'],
  ],
};

export const bridgeInitOptions: PluginOptions = {
  name: 'bridge_init',
  summary: 'Turns bridges into VLAN switches: sets trunk ports, the VLANs of the host, and filtering.',
  positionals: [
    { name: 'phase', required: false, describe: 'ignored; hooks get their operation here' },
    conf('bridge_init'),
  ],
  takesAll: false,
  takesForce: true,
  toJson: reportJson,
  examples: [
    ['bridge_init', 'set all bridges as conf says'],
    ['bridge_init --dry-run', 'show the commands, change nothing'],
    ['bridge_init start other.conf', 'use another conf file'],
  ],
};

export const guestRoutesOptions: PluginOptions = {
  name: 'guest_routes',
  summary: "Routes addresses to guests' interfaces as conf says, on the host where the guest runs.",
  positionals: [{ name: 'guest', required: false, describe: "the guest's name" }, conf('guest_routes')],
  takesAll: true,
  takesFollow: true,
  toJson: reportJson,
  examples: [
    ['guest_routes web1', 'set the routed interfaces of web1 as conf says'],
    ['guest_routes --all', 'the same for every running guest of the host'],
    ['guest_routes --all --dry-run', 'show the commands, change nothing'],
  ],
};
