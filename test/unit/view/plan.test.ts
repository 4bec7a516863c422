import { join } from 'node:path';
import { cutOff } from '../../../lib/switch/cut_off';
import { diffHosts } from '../../../lib/switch/diff_hosts';
import { planBridges, planGuests, wantedPorts } from '../../../lib/switch/plan_host';
import { renderPlan } from '../../../lib/view/render_plan';
import { expectGolden } from '../golden';
import { fakeState, ROOT, type FakeHost } from './fake_host';
import { EXAMPLE, TROUBLED } from './hosts';

const ADDRESS = { bridge: 'br0', dev: 'br0', tag: null, address: '192.0.2.1/24' };

async function show(host: FakeHost, width = 80): Promise<string> {
  const { host: now, targets, matches, switches, problems } = await fakeState(host);
  const bridges = planBridges(now, targets);
  const guests = planGuests(bridges.after, wantedPorts(matches), targets);
  const changes = diffHosts(now, [bridges, guests], switches);
  const risks = cutOff([ADDRESS], now, guests.after, () => ['eth0']);
  return renderPlan({ changes, risks, problems }, { width, color: false, confFolder: `${ROOT}/conf` });
}

const plain: FakeHost = {
  ...EXAMPLE,
  bridges: [{ name: 'br0', pvid: 1, filtering: false }],
  ports: EXAMPLE.ports.map(({ name, bridge }) => ({ name, bridge, pvid: 1 })),
};
const confs = EXAMPLE.confs ?? {};

test.each<[string, FakeHost]>([
  ['nothing_to_do', EXAMPLE],
  ['from_plain', plain],
  ['troubled', TROUBLED],
  [
    'cut_off',
    {
      ...EXAMPLE,
      confs: { ...confs, bridge_init: confs.bridge_init?.replace('br-pvid = 1', 'br-pvid = 9') ?? '' },
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
