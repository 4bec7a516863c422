import { join } from 'node:path';
import { expectGolden } from '../../golden';
import { formatConfProblem } from '../../../../lib/model/conf/conf_problem';
import { readVlanFilteringConf } from '../../../../lib/model/conf/vlan_filtering_conf';
import type { ProblemCode } from '../../../../lib/model/problem_code';
import { parseDomain } from '../../../../lib/model/guest/parse_domain';
import { matchPorts, type Match } from '../../../../lib/model/match/match_ports';
import { toGuest } from '../../../../lib/system/libvirt/read_guests';
import { describePortVlans } from '../../../../lib/model/vlan/port_vlans';

/** VM1 with two interfaces at br0, veth0 and veth1, and `<port>` elements in its metadata. */
function match(conf: string, ...ports: string[]): Match {
  const domain = parseDomain(`<domain><name>VM1</name>
    <metadata><k:ports xmlns:k='urn:kvmvlan:ports:1'>${ports.join('')}</k:ports></metadata>
    <devices>
      <interface type='bridge'><mac address='52:54:00:00:00:01'/><source bridge='br0'/><target dev='veth0'/><alias name='net0'/></interface>
      <interface type='bridge'><mac address='52:54:00:00:00:02'/><source bridge='br0'/><target dev='veth1'/><alias name='net1'/></interface>
    </devices></domain>`);
  return matchPorts(readVlanFilteringConf(conf, 'f'), toGuest(domain));
}
const wanted = (conf: string, ...ports: string[]): string[] =>
  match(conf, ...ports).wanted.map(
    ({ dev, wish, rule }) => `${dev} ${describePortVlans(wish.vlans)} ${rule.origin}`,
  );

describe("the guest's own wish", () => {
  test('counts where no section names the interface', () => {
    expect(
      wanted('[veth0]\npvid = 5', `<k:port nic='0' pvid='7'/>`, `<k:port nic='1' pvid='8' tagged='9-10'/>`),
    ).toEqual(['veth0 PVID 5 conf', 'veth1 PVID 8, tagged 9-10 metadata']);
  });

  test('counts first where conf prefers it', () => {
    expect(wanted('[DEFAULT]\nmetadata = prefer\n[veth0]\n[veth1]\n', `<k:port nic='0' pvid='7'/>`)).toEqual([
      'veth0 PVID 7 metadata',
      'veth1 PVID 1 conf',
    ]);
  });

  test('does not count where conf turns it off, however broken it is', () => {
    const { wanted: ports, blocking: problems } = match(
      '[DEFAULT]\nmetadata = off',
      `<k:port nic='0' pvid='x'/>`,
    );
    expect([ports, problems]).toEqual([[], []]);
  });

  test('does not stop the guest, however broken it is, where sections name all that it could mean', () => {
    const stops = (conf: string, port: string): boolean => match(conf, port).blocking.length > 0;
    const both = '[veth0]\n[veth1]';
    expect(stops(both, `<k:port nic='0' pvid='x'/>`)).toBe(false);
    expect(stops(both, `<k:port nic='x' pvid='7'/>`)).toBe(false);
    expect(match(both, `<k:port nic='0' pvid='x'/>`).others).toHaveLength(1);
    expect(stops('[veth0]', `<k:port nic='0' pvid='x'/>`)).toBe(false);
    expect(stops('[veth0]', `<k:port nic='1' pvid='x'/>`)).toBe(true);
    // It may mean veth1.
    expect(stops('[veth0]', `<k:port nic='x' pvid='7'/>`)).toBe(true);
    expect(stops(`[DEFAULT]\nmetadata = prefer\n${both}`, `<k:port nic='0' pvid='x'/>`)).toBe(true);
  });

  test.each([
    [`nic='1'`, 'veth1'],
    [`mac='52:54:00:00:00:02'`, 'veth1'],
    [`alias='net0'`, 'veth0'],
    [`nic='1' alias='net1'`, 'veth1'],
  ])('finds the interface by %s', (attributes, dev) => {
    expect(wanted('', `<k:port ${attributes} pvid='7'/>`)).toEqual([`${dev} PVID 7 metadata`]);
  });

  test('does not take the defaults of conf', () => {
    expect(wanted('[DEFAULT]\npvid = 5\ntagged = 6', `<k:port nic='0'/>`)).toEqual(['veth0 PVID 1 metadata']);
  });

  test('that means none of the interfaces is told', () => {
    expect(match('', `<k:port nic='5' pvid='7'/>`).unused.map(({ label }) => label)).toEqual([
      `<port nic='5' pvid='7'/>`,
    ]);
  });

  const WRONG: readonly [string, ProblemCode, string | undefined, string | undefined][] = [
    [`<k:port nic='0' pvid='5000'/>`, 'wrong-value', 'pvid', '5000'],
    [`<k:port nic='0' pvdi='5'/>`, 'unknown-key', undefined, undefined],
    [`<k:port pvid='5'/>`, 'no-selector', undefined, undefined],
    [`<k:prot nic='0' pvid='5'/>`, 'unknown-element', undefined, undefined],
    [`<k:port nic='0' mode='access' tagged='5'/>`, 'conflicting-keys', 'tagged', '5'],
  ];

  test.each(WRONG)('%s stops the guest', (port, code, key, value) => {
    const [problem, ...others] = match('', port).blocking;
    expect(problem).toMatchObject({
      code,
      place: { file: 'metadata of guest VM1', line: 1 },
      section: port.replace('k:', ''),
    });
    expect([problem?.key, problem?.value, others]).toEqual([key, value, []]);
  });

  test('the words', () => {
    const many = Array.from({ length: 257 }, () => `<k:port nic='0'/>`);
    const lines = [...WRONG.map(([port]) => [port]), many].flatMap((ports) =>
      match('', ...ports).blocking.map(formatConfProblem),
    );
    expectGolden(join(__dirname, 'golden', 'metadata.txt'), lines.join('\n'));
  });
});

describe('what of the metadata is told', () => {
  test('all attributes that are not known are one problem, with the beginning of the list', () => {
    const unknown = Array.from({ length: 500 }, (_, n) => `x${n}='1'`).join(' ');
    expect(match('', `<k:port nic='0' ${unknown} pvdi='5'/>`).blocking).toMatchObject([
      { message: 'unknown attributes x0, x1, x2, x3, x4 and 496 more' },
    ]);
    const [long] = match('', `<k:port nic='0' ${'y'.repeat(50_000)}='1'/>`).blocking;
    expect(long?.message).toBe(`unknown attribute ${'y'.repeat(40)}…`);
  });

  test('a label and a value are no longer than can be read, and in one line', () => {
    const [problem] = match(
      '',
      `<k:port nic='0' pvid='a&#10;vnet0: now PVID 5${'9'.repeat(10_000)}'/>`,
    ).blocking;
    expect(problem?.section).toMatch(/^<port nic='0' pvid='a vnet0: now PVID 59+…$/);
    expect(problem?.section).toHaveLength(201);
    expect(problem?.value).toMatch(/^a vnet0: now PVID 59+…$/);
    expect(problem?.value).toHaveLength(201);
  });

  test('of very many that are wrong the first twenty are told one by one', () => {
    const ports = Array.from({ length: 256 }, (_, n) => `<k:port nic='${n}' pvid='x'/>`);
    const messages = new Set(match('', ...ports).others.map(formatConfProblem));
    expect(match('', ...ports).blocking).toHaveLength(2);
    expect(messages.size).toBe(19);
    expect(match('', ...ports).others.at(-1)).toMatchObject({
      code: 'metadata-too-many',
      section: '<ports>',
    });
  });
});

describe('metadata that cannot be read as a whole', () => {
  const broken = (conf: string): Match =>
    match(conf, ...Array.from({ length: 257 }, () => `<k:port nic='0' pvid='7'/>`));
  const codes = ({ blocking, others }: Match) =>
    [blocking, others].map((list) => list.map(({ code }) => code));
  const code = 'metadata-too-many';

  test('stop the guest where they could mean an interface', () => {
    expect(codes(broken(''))).toEqual([[code], []]);
    expect(codes(broken('[veth0]'))).toEqual([[code], []]);
    expect(codes(broken('[DEFAULT]\nmetadata = prefer\n[veth0]\n[veth1]'))).toEqual([[code], []]);
    expect(broken('').wanted).toEqual([]);
  });

  test('stop nobody where sections name all interfaces, or where they do not count', () => {
    expect(codes(broken('[veth0]\n[veth1]'))).toEqual([[], [code]]);
    expect(broken('[veth0]\n[veth1]').wanted).toHaveLength(2);
    expect(codes(broken('[DEFAULT]\nmetadata = off'))).toEqual([[], []]);
  });
});

describe('a section by number', () => {
  const guest = (...interfaces: [alias: string, dev: string][]) =>
    toGuest(
      parseDomain(
        `<domain><name>VM1</name><devices>${interfaces
          .map(
            ([alias, dev]) =>
              `<interface type='bridge'><target dev='${dev}'/><alias name='${alias}'/></interface>`,
          )
          .join('')}</devices></domain>`,
      ),
    );
  const by = (conf: string, ...interfaces: [alias: string, dev: string][]): Match =>
    matchPorts(readVlanFilteringConf(conf, 'f'), guest(...interfaces));
  const TWO = '[first]\nguest = VM1\nnic = 0\npvid = 20\n[second]\nguest = VM1\nnic = 1\npvid = 30\n';
  const ports = ({ wanted: list }: Match) => list.map(({ dev, rule }) => `${dev} ${rule.label}`);

  test('means the same interface when another is unplugged, or plugged in', () => {
    expect(ports(by(TWO, ['net0', 'vnet0'], ['net1', 'vnet1']))).toEqual(['vnet0 first', 'vnet1 second']);
    expect(ports(by(TWO, ['net1', 'vnet1']))).toEqual(['vnet1 second']);
    expect(ports(by(TWO, ['net1', 'vnet1'], ['net2', 'vnet2']))).toEqual(['vnet1 second']);
    expect(by(TWO, ['net1', 'vnet1']).blocking).toEqual([]);
  });

  test('that means by its place one without a number is an error: nothing else would be told', () => {
    const { blocking: problems, wanted: none } = by(TWO, ['ua-a', 'vnet0'], ['ua-b', 'vnet1']);
    expect(none).toEqual([]);
    expect(problems).toMatchObject([
      { code: 'nic-without-number', place: { line: 1 }, section: 'first', key: 'nic', value: '0' },
      { code: 'nic-without-number', place: { line: 5 }, section: 'second', key: 'nic', value: '1' },
    ]);
  });

  test('is no error where it means another, or that one is named otherwise', () => {
    expect(by('[n]\nnic = 0\n', ['ua-a', 'vnet0'], ['net0', 'vnet1'])).toMatchObject({
      blocking: [],
      wanted: [{ dev: 'vnet1' }],
    });
    expect(by('[a]\nalias = ua-a\n[n]\nnic = 0\n', ['ua-a', 'vnet0'])).toMatchObject({
      blocking: [],
      wanted: [{ dev: 'vnet0' }],
    });
  });
});

describe('a guest whose XML is not known', () => {
  const unknown = (conf: string): Match =>
    matchPorts(readVlanFilteringConf(conf, 'f'), {
      name: 'VM1',
      uuid: null,
      interfaces: null,
      metadata: null,
      metadataProblem: null,
    });

  test('gets the ports of the sections that are named after them and name it', () => {
    const conf =
      '[veth0]\nguest = VM1\n[veth1]\nguest = VM*\n[veth2]\n[label]\nguest = VM1\nnic = 0\n[veth3]\nguest = VM2';
    expect(unknown(conf).wanted.map(({ dev }) => dev)).toEqual(['veth0']);
  });

  test('is stopped by any section that is broken and may be its', () => {
    expect(unknown('[veth0]\nguest = VM1\n[veth1]\nguest = VM*\npvid = x').blocking).toHaveLength(1);
    expect(unknown('[veth0]\nguest = VM1\n[veth1]\nguest = VM2\npvid = x').blocking).toHaveLength(0);
  });
});

describe('an interface that libvirt itself gives VLANs', () => {
  const libvirt = (conf: string): Match => {
    const { interfaces } = parseDomain(
      `<domain><devices><interface type='bridge'><target dev='veth0'/><vlan><tag id='5'/></vlan></interface></devices></domain>`,
    );
    return matchPorts(readVlanFilteringConf(conf, 'f'), {
      name: 'VM1',
      uuid: null,
      interfaces,
      metadata: null,
      metadataProblem: null,
    });
  };

  test('is left to it where no section names it', () => {
    expect(libvirt('').leftToLibvirt.map(({ dev }) => dev)).toEqual(['veth0']);
    expect(libvirt('[veth0]').leftToLibvirt).toEqual([]);
    expect(libvirt('[veth0]').wanted.map(({ dev }) => dev)).toEqual(['veth0']);
  });
});

describe('sections that come to nothing', () => {
  const conf =
    '[veth0]\nguest = VM1\n[veth7]\nguest = VM1\n[veth8]\nguest = VM*\n[everybody]\nnic = 0\n[late]\nguest = VM1\nnic = 0';

  test('are told where they name this very guest', () => {
    expect(match(conf).unused.map(({ label }) => label)).toEqual(['veth7']);
  });

  test('are told where another before them has the interface, by the same means', () => {
    const names = ({ late }: Match) => late.map(({ rule, by }) => [rule.label, by.label]);
    expect(names(match(conf))).toEqual([['late', 'veth0']]);
    expect(names(match(`[first]\nguest = VM*\nalias = net0\n[second]\nguest = VM1\nnic = 0`))).toEqual([
      ['second', 'first'],
    ]);
    // That conf comes before metadata is what conf says.
    expect(names(match('[veth0]', `<k:port nic='0' pvid='7'/>`))).toEqual([]);
    expect(match('[veth0]', `<k:port nic='0' pvid='7'/>`).unused).toEqual([]);
  });

  test('are told with what is in their way', () => {
    expect(match(conf).shadowed.map(({ rule, by }) => [rule.label, by.label])).toEqual([
      ['late', 'everybody'],
    ]);
  });

  test('are not in the way of others where they are broken themselves', () => {
    expect(match(`[everybody]\nnic = x\n${conf.slice(0, 20)}`).shadowed).toEqual([]);
  });
});
