import { bridgeInit } from '../../../lib/plugins/bridge_init';
import type { PluginCall } from '../../../lib/plugins/plugin';
import { BRIDGE_INIT_CONF as EXAMPLE } from '../../readme_confs';
import { byHand, exampleHost, inPhase, runScenario } from './scenario';
import { recorded } from '../network/recording';

const CONF = '/hooks/conf/bridge_init.conf';
const START = inPhase(CONF, 'daemon', '-', 'start', '-');

async function run(name: string, call: PluginCall): Promise<{ status: string; warnings: string[] }> {
  const files = { ...recorded(name).files, [CONF]: EXAMPLE };
  const lines = (await runScenario(bridgeInit, { host: exampleHost(), files, call })).split('\n');
  return { status: lines[0] ?? '', warnings: lines.filter((line) => line.startsWith('  warning: ')) };
}

test.each([
  ['the daemon starts', START],
  ['it is run by hand', byHand(CONF, 'start')],
])('bridge_init warns of a contradiction when %s, and does not fail', async (_when, call) => {
  const { status, warnings } = await run('nm_1.52_defaults', call);
  expect(status).toMatch(/^status 0: done: 1 bridge, 0 changed, .*, with warnings$/);
  expect(warnings).toEqual([
    expect.stringMatching(
      /^ {2}warning: NetworkManager's profile br0 says vlan-filtering no: .* every VLAN\. Run `sudo nmcli con mod .* reapply br0 && .*`\.$/,
    ),
  ]);
});

test('it names the port of a guest that a file of systemd-networkd removes from the bridge', async () => {
  const { status, warnings } = await run('networkd_257_name_any', START);
  expect(status).toMatch(/^status 0: /);
  expect(warnings).toEqual([
    expect.stringMatching(
      /90-all\.network matches guests' ports \(vnet0\): systemd-networkd removes them from br0\./,
    ),
  ]);
});

test('it has nothing to warn of where the remedy was applied', async () => {
  const { status, warnings } = await run('networkd_257_defaults', START);
  expect({ status: status.slice(0, 9), warnings }).toEqual({ status: 'status 0:', warnings: [] });
});

test('libvirt does not wait for it when a network is started', async () => {
  const { warnings } = await run('nm_1.52_defaults', inPhase(CONF, 'network', 'lan', 'started', 'begin'));
  expect(warnings).toEqual([]);
});
