import type { HostIo } from '../../../lib/model/io';
import type { HookCall } from '../../../lib/model/libvirt/hook_call';
import { runPlugin } from '../../../lib/plugins/run_plugin';
import { bridgeInit } from '../../../lib/plugins/bridge_init';
import type { PluginCall, PluginOutcome } from '../../../lib/plugins/plugin';
import { vlanFiltering } from '../../../lib/plugins/vlan_filtering';
import { planOf, type Plan } from '../../../lib/apply/state/read_plan';
import { readSwitches } from '../../../lib/apply/state/read_switches';
import type { SimulatedHost } from '../plugins/simulated_host';

export const ROOT = '/etc/libvirt/hooks';

/** A guest's interface: its type, its tap's name, and the bridge that its XML names. */
export interface Nic {
  readonly type: string;
  readonly dev: string;
  readonly bridge?: string;
}

/** The XML of a guest, as a hook gets it, or with its state as libvirt keeps it. */
export function domainXml(name: string, nics: readonly Nic[], isStatus = false): string {
  const devices = nics.map(
    ({ type, dev, bridge }, n) =>
      `<interface type='${type}'>${bridge === undefined ? '' : `<source bridge='${bridge}'/>`}` +
      `<target dev='${dev}'/><alias name='net${n}'/></interface>`,
  );
  const domain = `<domain type='kvm'><name>${name}</name><devices>${devices.join('')}</devices></domain>`;
  return isStatus ? `<domstatus state='running'>${domain}</domstatus>` : domain;
}

/** A simulated host with conf and running guests, on which each program can be run. */
export class World {
  readonly files: Record<string, string>;
  /** Called while somebody waits for the lock. */
  onLock: () => unknown = () => undefined;

  constructor(
    readonly host: SimulatedHost,
    conf: { readonly bridge_init?: string; readonly vlan_filtering?: string },
    guests: Readonly<Record<string, readonly Nic[]>> = {},
  ) {
    this.files = {
      [`${ROOT}/conf/bridge_init.conf`]: conf.bridge_init ?? '',
      [`${ROOT}/conf/vlan_filtering.conf`]: conf.vlan_filtering ?? '',
    };
    for (const [name, nics] of Object.entries(guests))
      this.files[`/run/libvirt/qemu/${name}.xml`] = domainXml(name, nics, true);
  }

  io(input = ''): HostIo {
    const { files, host, onLock } = this;
    const nothing = (): void => undefined;
    return {
      exec: host.exec,
      log: { info: nothing, warning: nothing, error: nothing },
      readText: (path) => files[path] ?? null,
      writeText: (path, text) => {
        if (text === null) delete files[path];
        else files[path] = text;
      },
      readFolder: (folder) =>
        Object.keys(files).flatMap((path) =>
          path.startsWith(`${folder}/`) ? [path.slice(folder.length + 1)] : [],
        ),
      folderStamp: () => '',
      sleep: () => Promise.resolve(),
      readInput: () => input,
      lock: () => {
        onLock();
        return Promise.resolve(nothing);
      },
      isRoot: true,
      now: () => 0,
    };
  }

  /** What `kvmvlan plan` shows. */
  async plan(): Promise<Plan> {
    return planOf(await readSwitches(ROOT, this.io()), new Set());
  }

  bridgeInit(more: Partial<PluginCall> = {}): Promise<PluginOutcome> {
    const hook: HookCall = {
      driver: 'daemon',
      object: '-',
      operation: 'start',
      suboperation: '-',
      extra: 'start',
    };
    const conf = `${ROOT}/conf/bridge_init.conf`;
    const call = { object: 'start', all: false, hook, conf, dryRun: false, ...more };
    return runPlugin(bridgeInit, call, this.io());
  }

  /** libvirt starts a guest, whose taps are there already. */
  start(guest: string, nics: readonly Nic[]): Promise<PluginOutcome> {
    const hook: HookCall = {
      driver: 'qemu',
      object: guest,
      operation: 'start',
      suboperation: 'begin',
      extra: '-',
    };
    const call = { object: guest, all: false, hook, conf: this.vlanConf, dryRun: false };
    return runPlugin(vlanFiltering, call, this.io(domainXml(guest, nics)));
  }

  /** Somebody names a guest by hand. */
  byHand(guest: string): Promise<PluginOutcome> {
    const call = { object: guest, all: false, hook: null, conf: this.vlanConf, dryRun: false };
    return runPlugin(vlanFiltering, call, this.io());
  }

  all(): Promise<PluginOutcome> {
    const call = { object: '-', all: true, hook: null, conf: this.vlanConf, dryRun: false };
    return runPlugin(vlanFiltering, call, this.io());
  }

  private get vlanConf(): string {
    return `${ROOT}/conf/vlan_filtering.conf`;
  }
}
