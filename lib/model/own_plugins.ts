/** A plugin of this build. Its conf and its man pages have its name. */
interface OwnPlugin {
  readonly name: string;
  /** The phase folder of its executable. Other phases run it by a link. */
  readonly folder: string;
  /** The phases without which it is not of use: driver, operation, sub-operation. */
  readonly neededIn: readonly (readonly [
    driver: 'daemon' | 'qemu',
    operation: string,
    suboperation: string,
  ])[];
}

export const OWN_PLUGINS = [
  { name: 'bridge_init', folder: 'daemon_start.d', neededIn: [['daemon', 'start', '-']] },
  {
    name: 'vlan_filtering',
    folder: 'qemu_start_begin.d',
    neededIn: [
      ['daemon', 'start', '-'],
      ['qemu', 'start', 'begin'],
      ['qemu', 'started', 'begin'],
    ],
  },
  {
    name: 'guest_routes',
    folder: 'qemu_start_begin.d',
    neededIn: [
      ['daemon', 'start', '-'],
      ['daemon', 'reload', '-'],
      ['qemu', 'migrate', 'begin'],
      ['qemu', 'start', 'begin'],
      ['qemu', 'started', 'begin'],
      ['qemu', 'stopped', 'end'],
      ['qemu', 'release', 'end'],
      ['qemu', 'reconnect', 'begin'],
    ],
  },
] as const satisfies readonly OwnPlugin[];

export type PluginName = (typeof OWN_PLUGINS)[number]['name'];

export const PLUGIN_NAMES: readonly PluginName[] = OWN_PLUGINS.map(({ name }) => name);

/** The executables of the plugins in a hooks root. */
export const PLUGIN_FILES: readonly string[] = OWN_PLUGINS.map(({ name, folder }) => `${folder}/${name}`);
