import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { DispatchConf, ScriptConf } from '../../model/conf/dispatch_conf';
import { dispatchVerdict } from '../../model/conf/dispatch_verdict';
import type { Skip } from '../../dispatch/describe_skip';
import { listScripts, type Script } from '../../dispatch/list_scripts';
import { refusal } from '../../dispatch/refusal';
import { logName } from '../../dispatch/log_name';
import type { HookCall } from '../../model/libvirt/hook_call';
import type { Unsafe } from '../../system/files/unsafe_way';

/** A script of a call, and whether and how it would be run. */
export interface PlannedScript {
  readonly script: Script;
  readonly conf: ScriptConf;
  /** Why it would be skipped; null: it would not. */
  readonly skip: Skip | null;
  /** Why it would fail without being run; null: it would not. */
  readonly refusal: string | null;
  /** Why root refuses to run it, which counts as a failure; null: root runs it. */
  readonly unsafe: Unsafe | null;
  readonly args: readonly string[];
  readonly confFile: string;
  readonly log: string;
  /** The version of kvmvlan that it belongs to; null: an administrator's own script. */
  readonly version: string | null;
  /** The name that it was installed with. */
  readonly plugin: string | null;
}

/** The scripts that a call of the system's libvirtd (as root) would run or skip, in their order. */
export function planScripts(root: string, call: HookCall, conf: DispatchConf): PlannedScript[] {
  const scripts = listScripts(root, call);
  return scripts.map((script) => {
    const scriptConf = conf.forScript(script.stem);
    const verdict = dispatchVerdict(scriptConf, call);
    const confFile = join(root, 'conf', `${script.stem}.conf`);
    const first = call.driver === 'daemon' ? call.operation : call.object;
    const asLibvirt = (scriptConf.args ?? (script.layout === 'guest' ? 'libvirt' : 'kvmvlan')) === 'libvirt';
    const skip = script.skip ?? ('skip' in verdict ? { code: verdict.skip } : null);
    return {
      script,
      conf: scriptConf,
      skip,
      refusal: skip === null && 'refusal' in verdict ? verdict.refusal : null,
      unsafe: skip === null ? refusal(script.path) : null,
      args: asLibvirt ? [call.object, call.operation, call.suboperation, call.extra] : [first, confFile],
      confFile,
      log: join(root, 'logs', logName(call, Buffer.from(call.object), script, scripts)),
      ...bundleOf(script),
    };
  });
}

/** Reads the marker near the top of every bundle: `# kvmvlan 1.0.0 vlan_filtering: …`. */
function bundleOf({ path, name }: Script): Pick<PlannedScript, 'version' | 'plugin'> {
  try {
    const fd = openSync(path, 'r');
    try {
      const head = Buffer.alloc(512);
      const lines = head.toString('utf8', 0, readSync(fd, head)).split('\n').slice(0, 5);
      const words = lines
        .map((line) => /^# kvmvlan (\S+) ([^\s:]+)/.exec(line))
        .find((found) => found !== null);
      const plugin = words?.[2] ?? null;
      return { plugin, version: plugin === name ? (words?.[1] ?? null) : null };
    } finally {
      closeSync(fd);
    }
  } catch {
    return { plugin: null, version: null };
  }
}
