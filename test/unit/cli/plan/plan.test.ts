import { join } from 'node:path';
import { plan, routeChangesOf } from '../../../../lib/cli/plan/plan';
import { planOf } from '../../../../lib/apply/state/read_plan';
import { renderPlan } from '../../../../lib/cli/plan/render_plan';
import { expectGolden } from '../../golden';
import { FakeHost, ROOT, type HostSetup } from '../../fake_host/fake_host';
import { bridge, bridgePort, member } from '../../model/host/host_parts';
import { EXAMPLE, stateOf, TROUBLED } from '../example_hosts';
import { contextOf } from '../run_command';

async function show(host: HostSetup, width = 80): Promise<string> {
  const found = planOf(await stateOf({ ...host, addresses: { br0: '192.0.2.1' } }), new Set());
  const shown = { ...found, routes: routeChangesOf(found) };
  return renderPlan(shown, { width, color: false, confFolder: `${ROOT}/conf` });
}

const plain: HostSetup = {
  ...EXAMPLE,
  bridges: [bridge('br0')],
  ports: EXAMPLE.ports.map(({ name }) => bridgePort(name, member(1))),
};
const { confs } = EXAMPLE;

test.each<[string, HostSetup]>([
  ['nothing_to_do', EXAMPLE],
  ['from_plain', plain],
  ['troubled', TROUBLED],
  [
    'cut_off',
    {
      ...EXAMPLE,
      confs: { ...confs, bridge_init: confs.bridge_init.replace('br-pvid = 1', 'br-pvid = 9') },
    },
  ],
  [
    'automatic_trunk',
    {
      ...plain,
      confs: { ...confs, bridge_init: '[br0]\ntrunk-port = eth0\ntrunk-tags = auto\nbr-pvid = 1\n' },
    },
  ],
])('the plan: %s', async (name, host) => {
  const text = await show(host);
  expect(text.split('\n').filter((line) => line.length > 80 && !/^ {4}(bridge|ip) /.test(line))).toEqual([]);
  expectGolden(join(__dirname, 'golden', `plan_${name}.txt`), text);
});

test('the plan as JSON', async () => {
  const said = { stdout: '', stderr: '' };
  expect(await plan.run({ json: true }, contextOf(new FakeHost(TROUBLED), said))).toBe(2);
  expectGolden(join(__dirname, 'golden/plan_troubled.json'), said.stdout);
});

test('problems are reported, and are no success', async () => {
  const bridge_init = `${confs.bridge_init}[br9]\ntrunk-port = eth9\n`;
  const said = { stdout: '', stderr: '' };
  const host = new FakeHost({ ...EXAMPLE, confs: { ...confs, bridge_init } });
  expect(await plan.run({}, contextOf(host, said))).toBe(2);
  expect(said).toEqual({
    stderr: '',
    stdout: `Problems:
  warning: there is no bridge br9 (bridge_init.conf:7: [br9]). Create it with
    \`ip link add br9 type bridge\` or in the network configuration, then run
    \`bridge_init\`.

Nothing to do, but there are problems (see above).
`,
  });
});
