import type { HostIo } from '../../../lib/model/io';
import { KnownError } from '../../../lib/model/known_error';
import type { Plugin, PluginCall } from '../../../lib/plugins/plugin';
import { runPlugin } from '../../../lib/plugins/run_plugin';
import type { SimulatedHost } from './simulated_host';

/** What a plugin is run with; what is not said is as in a hook of libvirt's, run by root. */
export interface Scenario {
  readonly host: SimulatedHost;
  /** Texts by path. */
  readonly files: Readonly<Record<string, string>>;
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
  let clock = 0;
  return {
    exec: host.exec,
    log: { info: put('info'), warning: put('warning'), error: put('error') },
    readText: (path) => files[path] ?? null,
    writeText: () => undefined,
    readFolder: (folder) =>
      Object.keys(files)
        .filter((path) => path.startsWith(`${folder}/`))
        .map((path) => path.slice(folder.length + 1)),
    folderStamp: () => '',
    sleep: () => Promise.resolve(),
    readInput: () => input ?? '',
    lock() {
      if (isLocked === true)
        return Promise.reject(new KnownError('another run holds the lock', 'Look who it is.'));
      host.ran.push('lock');
      return Promise.resolve(() => void host.ran.push('unlock'));
    },
    isRoot: isRoot ?? true,
    now: () => clock++,
  };
}
