import { runItems } from '../../../../lib/cli/check/run_items';
import { recorded } from '../../network/recording';
import { factsOf, type Changes } from './facts_of';

const ASKED =
  'systemctl show --property=Id,ActiveState,UnitFileState kvmvlan.path kvmvlan-repair.timer NetworkManager-dispatcher.service';

/** What `systemctl show` prints of units: [ActiveState, UnitFileState]. */
function shown(path: string, timer: string, dispatcher = 'enabled'): Record<string, string> {
  const block = (unit: string, active: string, file: string): string =>
    `Id=${unit}\nActiveState=${active}\nUnitFileState=${file}\n`;
  return {
    [ASKED]: [
      block('kvmvlan.path', path, 'enabled'),
      block('kvmvlan-repair.timer', timer, 'enabled'),
      block('NetworkManager-dispatcher.service', 'inactive', dispatcher),
    ].join('\n'),
  };
}

const SCRIPT = '/etc/NetworkManager/dispatcher.d/50-kvmvlan';

/** A host whose br0 NetworkManager has made. */
function networkManager(commands: Record<string, string>, files: Record<string, string>): Changes {
  const manager = recorded('nm_1.52_defaults');
  return { files: { ...manager.files, ...files }, commands: { ...manager.commands, ...commands } };
}

async function about(changes: Changes): Promise<string[]> {
  return runItems(await factsOf(changes)).flatMap(({ item, level, message, remedy }) =>
    item === 'repair' ? [`${level}: ${message} $ ${remedy ?? ''}`] : [],
  );
}

test('without systemd nothing is said', async () => {
  expect(await about({})).toEqual([]);
});

test('all runs', async () => {
  expect(await about({ commands: shown('active', 'active') })).toEqual([
    expect.stringMatching(/^ok: /) as unknown,
  ]);
});

test('units that do not run', async () => {
  const found = await about({ commands: shown('inactive', 'failed') });
  expect(found).toEqual([
    expect.stringMatching(
      /^warning: kvmvlan\.path .* \$ sudo systemctl enable --now kvmvlan\.path$/,
    ) as unknown,
    expect.stringMatching(/^warning: kvmvlan-repair\.timer .*kvmvlan-repair\.timer$/) as unknown,
  ]);
});

test("NetworkManager's dispatcher", async () => {
  const good = networkManager(shown('active', 'active'), { [SCRIPT]: 'x' });
  expect(await about(good)).toEqual([expect.stringMatching(/^ok: /) as unknown]);
  const off = networkManager(shown('active', 'active', 'disabled'), { [SCRIPT]: 'x' });
  expect(await about(off)).toEqual([
    expect.stringMatching(/NetworkManager-dispatcher\.service is not enabled/) as unknown,
  ]);
  const lacking = networkManager(shown('active', 'active'), {
    '/etc/NetworkManager/dispatcher.d/01-other': 'x',
  });
  expect(await about(lacking)).toEqual([
    expect.stringMatching(/^warning: NetworkManager manages br0, and \S+50-kvmvlan is missing/) as unknown,
  ]);
});
