import type { KeptFile, TrialFile } from '../../model/network/network_change';
import type { BridgeRequest, Rendered } from '../backend';
import { commandsOf, GENERATE } from './commands';
import { findDefinition } from './definition';
import { dropInPath, dropIns } from './drop_ins';
import { formatYaml } from './format_yaml';
import { movedFiles } from './moved_files';
import { ownFile, ownName } from './own_file';
import { notDefined } from './problems';
import { portIdOf, refusals } from './refusals';
import { oldPath, type NetplanState } from './snapshot';
import { hasComments, warnings } from './warnings';

/** Only root may read these: netplan warns of others. */
export const YAML_MODE = 0o600;

/** systemd-networkd is not root. */
const DROP_IN_MODE = 0o644;

/** The change that creates the bridge: netplan's files without the port's addressing, and one more. */
export function render(state: NetplanState, request: BridgeRequest): Rendered {
  const { rendering, files, present } = state;
  const { bridge, port } = request;
  const definition = findDefinition(files, rendering.id);
  if (definition === null) return { change: null, problems: [notDefined(rendering.id, rendering.file)] };
  const refused = refusals(state, definition, request);
  if (refused.length > 0) return { change: null, problems: refused };

  const portId = portIdOf(definition, port.name);
  const changed = movedFiles(files, definition, request);
  const yamls = changed.map(({ file, yaml }) => ({
    name: file.name,
    text: `${headOf(file.name, hasComments(file.text), request)}${formatYaml(yaml)}`,
  }));
  const own = ownName(bridge);
  yamls.push({
    name: own,
    text: `# Written by kvmvlan bridge create.\n${formatYaml(ownFile(state, definition, request))}`,
  });
  const extra = rendering.renderer === 'networkd' ? [...dropIns(request, portId, state.identity)] : [];
  const old = changed
    .filter(({ file }) => hasComments(file.text))
    .map(({ file }) => [oldPath(file.name), file.text]);

  const inRun = (path: string, text: string, mode: number): TrialFile => ({ path, text, mode, over: null });
  const inEtc = (path: string, text: string, mode: number): KeptFile => ({
    path,
    was: present.get(path) ?? null,
    text,
    mode,
  });
  return {
    change: {
      backend: 'netplan',
      trial: [
        ...yamls.map(({ name, text }) => inRun(`/run/netplan/${name}`, text, YAML_MODE)),
        ...extra.map(([folder, text]) =>
          inRun(dropInPath(`/run/systemd/network/${folder}`), text, DROP_IN_MODE),
        ),
      ],
      ...commandsOf(rendering, request, portId),
      kept: [
        ...yamls.map(({ name, text }) => inEtc(`/etc/netplan/${name}`, text, YAML_MODE)),
        ...old.map(([path = '', text = '']) => inEtc(path, text, YAML_MODE)),
        ...extra.map(([folder, text]) =>
          inEtc(dropInPath(`/etc/systemd/network/${folder}`), text, DROP_IN_MODE),
        ),
        ...(state.cloudInitOff === null ? [] : [state.cloudInitOff]),
      ],
      settle: [GENERATE],
    },
    problems: warnings(state, definition, changed, request),
  };
}

function headOf(name: string, isOldKept: boolean, { bridge, port }: BridgeRequest): string {
  const what = `# kvmvlan moved the addresses of ${port.name} to the bridge ${bridge}, see ${ownName(bridge)}.\n`;
  return isOldKept ? `${what}# The former file with its comments: ${name}.kvmvlan-old\n` : what;
}
