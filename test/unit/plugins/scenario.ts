import type { HostIo } from '../../../lib/model/io';
import { KnownError } from '../../../lib/model/known_error';
import type { Plugin, PluginCall } from '../../../lib/plugins/plugin';
import { runPlugin } from '../../../lib/plugins/run_plugin';
import { FakeHost, type HostSetup } from '../fake_host/fake_host';
import { bridge, bridgePort, member } from '../model/host/host_parts';

/** What a plugin is run with; what is not said is as in a hook of libvirt's, run by root. */
export interface Scenario {
  readonly host: FakeHost;
  /** Texts by path: all that the host has. */
  readonly files: NonNullable<HostSetup['files']>;
  readonly call: PluginCall;
  readonly input?: string;
  readonly isRoot?: boolean;
  /** Another run holds the lock. */
  readonly isLocked?: boolean;
}

/** A run and all that came of it, in lines. */
export async function runScenario(plugin: Plugin, scenario: Scenario): Promise<string> {
  const { host, call } = scenario;
  const log: string[] = [];
  const began = { ran: host.ran.length, processes: host.processes };
  const { status, summary } = await runPlugin(plugin, call, scenarioIo(scenario, log));
  return [
    `status ${status}: ${summary}`,
    ...log.map((line) => `  ${line}`),
    `processes: ${host.processes - began.processes}; what they did:`,
    ...host.ran.slice(began.ran).map((line) => `  ${line}`),
    'the kernel then:',
    ...host.describe().map((line) => `  ${line}`),
  ].join('\n');
}

function scenarioIo({ host, files, input, isRoot, isLocked }: Scenario, log: string[]): HostIo {
  const put =
    (level: string) =>
    (line: string): void =>
      void log.push(`${level}: ${line}`);
  host.files = new FakeHost({ files }).files;
  host.input = input ?? '';
  host.isRoot = isRoot ?? true;
  return host.io({
    log: { info: put('info'), warning: put('warning'), error: put('error') },
    lock() {
      if (isLocked === true)
        return Promise.reject(new KnownError('another run holds the lock', 'Look who it is.'));
      host.ran.push('lock');
      return Promise.resolve(() => void host.ran.push('unlock'));
    },
    // Each look at the clock takes a millisecond.
    now: () => host.clock++,
  });
}

/** The host of the README's example when a guest's taps have just joined: br0 filters, eth0 is its trunk. */
export function exampleHost(taps: readonly string[] = ['veth1', 'vnet0']): FakeHost {
  return new FakeHost({
    bridges: [bridge('br0', { filtering: true, vlans: member(1, 200) })],
    ports: [bridgePort('eth0', member(1, 100, 200, 300)), ...taps.map((name) => bridgePort(name, member(1)))],
    links: ['tapr0', 'eth9'],
  });
}

/** The same before bridge_init: nothing is set, br0 does not filter. */
export function freshHost(addresses: HostSetup['addresses'] = {}): FakeHost {
  return new FakeHost({
    bridges: [bridge('br0'), bridge('br1')],
    ports: [
      bridgePort('eth0', member(1)),
      bridgePort('eth1', member(1), 'br1'),
      bridgePort('vnet0', member(1)),
    ],
    addresses,
  });
}

/** A plugin's call in one of libvirt's phases. */
export function inPhase(
  conf: string,
  driver: string,
  object: string,
  operation: string,
  suboperation: string,
  extra = '-',
): PluginCall {
  const hook = { driver, object, operation, suboperation, extra };
  return { object: driver === 'daemon' ? operation : object, all: false, hook, conf, dryRun: false };
}

/** A plugin's call by hand. */
export function byHand(conf: string, object: string, more: Partial<PluginCall> = {}): PluginCall {
  return { object, all: false, hook: null, conf, dryRun: false, ...more };
}
