import type { Finding } from '../../../../lib/cli/check/finding';
import { nagios } from '../../../../lib/cli/check/nagios';
import { check } from '../../../../lib/cli/check/check';
import { member } from '../../model/host/host_parts';
import { crowd, EXAMPLE, stateOf } from '../example_hosts';
import { runCommand } from '../run_command';

const finding = (level: Finding['level'], item: string, message: string): Finding => ({
  item,
  code: 'ok',
  level,
  message,
  remedy: null,
});
const OK = finding('ok', 'node', 'node is there');
const WARNING = finding('warning', 'stp', 'br0 uses STP | and\nmore');
const FAILURE = finding('failure', 'hooks', 'there is no hook');
const UNKNOWN = finding('unknown', 'log', 'only root may read it');
const ALL = 'ports=5;;;0 drift=0;;0;0';

test.each<[readonly Finding[], number, string]>([
  [[OK], 0, `KVMVLAN OK - 5 ports as wanted | ${ALL} failures=0;;0;0 warnings=0;0;;0\n`],
  [
    [OK, UNKNOWN],
    3,
    `KVMVLAN UNKNOWN - 5 ports as wanted; 1 unknown | ${ALL} failures=0;;0;0 warnings=0;0;;0
unknown log: only root may read it
\`sudo kvmvlan check\` prints the commands that fix this.
`,
  ],
  [
    [UNKNOWN, WARNING],
    1,
    `KVMVLAN WARNING - 5 ports as wanted; 1 warning; 1 unknown | ${ALL} failures=0;;0;0 warnings=1;0;;0
warning stp: br0 uses STP / and\\x0amore
unknown log: only root may read it
\`sudo kvmvlan check\` prints the commands that fix this.
`,
  ],
  [
    [WARNING, FAILURE, WARNING],
    2,
    `KVMVLAN CRITICAL - 5 ports as wanted; 1 failure; 2 warnings | ${ALL} failures=1;;0;0 warnings=2;0;;0
failure hooks: there is no hook
warning stp: br0 uses STP / and\\x0amore
warning stp: br0 uses STP / and\\x0amore
\`sudo kvmvlan check\` prints the commands that fix this.
`,
  ],
])('the findings %#', async (findings, status, text) => {
  expect(nagios(findings, await stateOf(EXAMPLE))).toEqual({ status, text });
});

test('ports that are not as wanted, or missing, are critical', async () => {
  const drifting = EXAMPLE.ports.map((port) =>
    port.name === 'veth0' ? { ...port, vlans: EXAMPLE.ports[0]?.vlans ?? port.vlans } : port,
  );
  expect(nagios([OK], await stateOf({ ...EXAMPLE, ports: drifting.slice(0, -1) }))).toEqual({
    status: 2,
    text: 'KVMVLAN CRITICAL - 2 of 5 ports not as wanted: veth0, veth2 | ports=5;;;0 drift=2;;0;0 failures=0;;0;0 warnings=0;0;;0\n',
  });
});

test('many ports are counted, and some of them named', async () => {
  const host = crowd(30);
  const ports = (host.ports ?? []).map((port) => ({ ...port, vlans: member(99) }));
  const { text } = nagios([OK], await stateOf({ ...host, ports }));
  const names = Array.from({ length: 8 }, (_, index) => `vnet${index}`);
  expect(text).toContain(
    ` - 32 of 32 ports not as wanted: eth0, eth1, ${names.join(', ')}, and 22 more | ports=32;`,
  );
});

test('bridges that cannot be read, and conf that is wrong, are unknown', async () => {
  expect(nagios([OK], null).status).toBe(3);
  const vlan_filtering = '[veth9]\npvid = x\n';
  expect(
    nagios([OK], await stateOf({ ...EXAMPLE, confs: { ...EXAMPLE.confs, vlan_filtering } })).status,
  ).toBe(3);
});

test('JSON or Nagios', async () => {
  expect(await runCommand(check, { json: true, nagios: true }, EXAMPLE)).toMatchObject({
    status: 2,
    stdout: '',
  });
});
