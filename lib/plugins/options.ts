/** How a plugin is called by hand. */
export interface PluginOptions {
  readonly name: string;
  readonly summary: string;
  readonly positionals: readonly {
    readonly name: string;
    readonly required: boolean;
    readonly describe: string;
  }[];
  /** Whether `--all` may stand in the place of the first positional, and `--settle` with it. */
  readonly takesAll: boolean;
  /** Whether `--force` means something. */
  readonly takesForce?: boolean;
  readonly examples: readonly (readonly [command: string, what: string])[];
}

const conf = (name: string) => ({
  name: 'conf',
  required: false,
  describe: `conf file [default: conf/${name}.conf of the hooks]`,
});

export const vlanFilteringOptions: PluginOptions = {
  name: 'vlan_filtering',
  summary: 'Gives the bridge ports of a guest the VLANs that its conf says, and reads them again.',
  positionals: [{ name: 'guest', required: false, describe: "the guest's name" }, conf('vlan_filtering')],
  takesAll: true,
  examples: [
    ['vlan_filtering VM1', 'bring the ports of VM1 to what conf says'],
    ['vlan_filtering --all', 'the same for every running guest of the host'],
    ['vlan_filtering VM1 --dry-run', 'show the commands, change nothing'],
    ['vlan_filtering VM1 other.conf', 'by another conf file'],
    ['vlan_filtering -- -odd-name', 'a guest whose name begins with a dash'],
  ],
};

export const bridgeInitOptions: PluginOptions = {
  name: 'bridge_init',
  summary: 'Makes bridges VLAN switches: trunk ports, the VLANs of the host itself, filtering on.',
  positionals: [
    { name: 'phase', required: false, describe: 'ignored; hooks are given their operation' },
    conf('bridge_init'),
  ],
  takesAll: false,
  takesForce: true,
  examples: [
    ['bridge_init', 'bring all bridges to what conf says'],
    ['bridge_init --dry-run', 'show the commands, change nothing'],
    ['bridge_init start other.conf', 'by another conf file'],
  ],
};
