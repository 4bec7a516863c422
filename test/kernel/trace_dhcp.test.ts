import { describeKernel } from './describe_kernel';
import { whileAsking, type DhcpGuest, type DhcpServer } from './dhcp';
import { buildExample } from './example_switch';
import { BRIDGE_INIT, VLAN_FILTERING } from './hooks';
import { KVMVLAN, runGuests } from './kvmvlan';
import { succeed } from './succeed';

interface Conversation {
  protocol: string;
  vlan: number | null;
  code: string;
  question: string | null;
  answer: { type: string; address: string | null; server: string | null } | null;
  isConfirmed: boolean;
  passed: { dev: string; way: string; type: string; tags: { vid: number }[] }[];
  causes: { code: string }[];
}

interface Trace {
  status: number;
  ended: string;
  ports: { dev: string; code: string; conversations: Conversation[]; findings: { code: string }[] }[];
}

const VM1: DhcpGuest = { tap: 'veth0', mac: '52:54:00:00:01:00' };
const VM2: DhcpGuest = { tap: 'veth1', mac: '52:54:00:00:02:00' };
const OUTSIDE: DhcpServer = { dev: 'outside' };
const BRIEFLY = 'VM1 --seconds 2';

describeKernel('kvmvlan trace-dhcp', (kernel) => {
  beforeAll(async () => {
    await buildExample(kernel);
    await runGuests(kernel);
    await succeed(kernel, `${BRIDGE_INIT} && ${VLAN_FILTERING} --all`);
  });

  afterEach(async () => {
    // A capture that outlives its command would be there for ever.
    const left = 'for file in /proc/[0-9]*/comm; do cat "$file"; done 2>/dev/null | grep -c tcpdump || :';
    expect(await succeed(kernel, left)).toBe('0\n');
  });

  const trace = async (words: string, guests: DhcpGuest[], servers: DhcpServer[]): Promise<Trace> => {
    const { result } = await whileAsking(kernel, guests, servers, () =>
      kernel.run(`${KVMVLAN} trace-dhcp ${words} --json`),
    );
    expect(result.stderr).toBe('');
    const report = JSON.parse(result.stdout) as Trace;
    expect(report.status).toBe(result.status);
    return report;
  };
  /** The same while the network is another: `change` makes it so, `undo` takes it back. */
  const traceChanged = async (change: string, undo: string): Promise<Trace> => {
    await succeed(kernel, change);
    try {
      return await trace(BRIEFLY, [VM1], [OUTSIDE]);
    } finally {
      await succeed(kernel, undo);
    }
  };
  /** Where DHCP of its only port ends, and what each conversation and the checks say. */
  const inWords = ({ status, ports }: Trace): unknown => ({
    status,
    codes: ports.map(({ code }) => code),
    conversations: ports.flatMap(({ conversations }) =>
      conversations.map(({ protocol, vlan, code, question, answer }) =>
        [protocol, vlan, code, question, answer?.type ?? 'none'].join(' '),
      ),
    ),
    causes: ports
      .flatMap(({ conversations }) => conversations.flatMap(({ causes }) => causes))
      .map(({ code }) => code),
    findings: ports.flatMap(({ findings }) => findings).map(({ code }) => code),
  });
  const NOTHING = { causes: [], findings: [] };

  test('answered: it ends at once, and says what passed where', async () => {
    const report = await trace('VM1', [VM1, VM2], [OUTSIDE]);
    expect(report.ended).toBe('confirmed');
    expect(inWords(report)).toEqual({
      status: 0,
      codes: ['answered'],
      conversations: ['DHCPv4 100 answered REQUEST ACK'],
      ...NOTHING,
    });
    const [one] = report.ports.flatMap(({ conversations }) => conversations);
    expect(one?.answer).toEqual({ type: 'ACK', address: '192.0.2.10', server: '192.0.2.1' });
    const passed = one?.passed.map(({ dev, way, tags }) =>
      [dev, way, ...tags.map(({ vid }) => vid)].join(' '),
    );
    expect([...new Set(passed)]).toEqual([
      'veth0 from-guest',
      'eth0 from-guest 100',
      'eth0 to-guest 100',
      'veth0 to-guest',
    ]);
  });

  test('answered in a VLAN that the guest tags, by DHCPv6, and the report in words', async () => {
    const guest: DhcpGuest = { ...VM1, vid: 200, family: 6 };
    const { result } = await whileAsking(kernel, [guest], [OUTSIDE], () =>
      kernel.run(`${KVMVLAN} trace-dhcp VM1 --interface 0`),
    );
    expect(result).toMatchObject({ status: 0, stderr: '' });
    expect(result.stdout).toMatch(
      /^DHCPv6 in VLAN 200: the guest got 2001:db8::10 from fe80::2 \(REPLY\)\.\n {2}veth0 +from the guest +\d+ \w+ tagged 200/m,
    );
  });

  test('answered, but the guest does not take the offer', async () => {
    expect(inWords(await trace(BRIEFLY, [{ ...VM1, takes: false }], [OUTSIDE]))).toEqual({
      status: 0,
      codes: ['answered'],
      conversations: ['DHCPv4 100 answered DISCOVER OFFER'],
      ...NOTHING,
    });
  });

  test('silent, although another guest asks in the same VLAN', async () => {
    const report = await trace(BRIEFLY, [{ ...VM2, vid: 100 }], [OUTSIDE]);
    expect(report.ended).toBe('time');
    expect(inWords(report)).toEqual({ status: 1, codes: ['silent'], conversations: [], ...NOTHING });
  });

  test('stopped: the VLAN is missing on the uplink', async () => {
    const report = await traceChanged('bridge vlan del dev eth0 vid 100', 'bridge vlan add dev eth0 vid 100');
    expect(inWords(report)).toEqual({
      status: 1,
      codes: ['stopped'],
      conversations: ['DHCPv4 100 stopped DISCOVER none'],
      causes: [],
      findings: ['vlan-on-no-trunk'],
    });
  });

  test('stopped: port and uplink are isolated from each other', async () => {
    const set = (to: string): string =>
      `for dev in veth0 eth0; do bridge link set dev $dev isolated ${to}; done`;
    expect(inWords(await traceChanged(set('on'), set('off')))).toMatchObject({
      codes: ['stopped'],
      findings: ['port-flags'],
    });
  });

  test('stopped: the guest uses a VLAN that its port does not have', async () => {
    expect(inWords(await trace(BRIEFLY, [{ ...VM1, vid: 400 }], [OUTSIDE]))).toMatchObject({
      codes: ['stopped'],
      conversations: ['DHCPv4 400 stopped DISCOVER none'],
      causes: ['vlan-not-on-port'],
    });
  });

  test('unanswered', async () => {
    expect(inWords(await trace(BRIEFLY, [VM1], []))).toEqual({
      status: 1,
      codes: ['unanswered'],
      conversations: ['DHCPv4 100 unanswered DISCOVER none'],
      ...NOTHING,
    });
  });

  test('lost on the way back: no broadcast reaches the port', async () => {
    const set = (to: string): string => `bridge link set dev veth0 bcast_flood ${to}`;
    expect(inWords(await traceChanged(set('off'), set('on')))).toEqual({
      status: 1,
      codes: ['lost'],
      conversations: ['DHCPv4 100 lost DISCOVER OFFER'],
      causes: [],
      findings: ['port-flags'],
    });
  });

  test('lost on the way back: the answer comes untagged', async () => {
    expect(inWords(await trace(BRIEFLY, [VM1], [{ ...OUTSIDE, vid: 0 }]))).toMatchObject({
      codes: ['lost'],
      conversations: ['DHCPv4 100 lost DISCOVER OFFER'],
      causes: ['answer-in-other-vlan'],
    });
  });

  test('a guest with two interfaces: each has its verdict', async () => {
    const { ports, status } = await trace('VM2 --seconds 2', [VM2], [OUTSIDE]);
    expect(ports.map(({ dev, code }) => [dev, code])).toEqual([
      ['veth1', 'answered'],
      ['veth2', 'silent'],
    ]);
    expect(status).toBe(1);
  });

  test('Ctrl-C ends it with what was seen', async () => {
    let shown = '';
    const { result } = await whileAsking(kernel, [VM1], [], async () => {
      const shell = kernel.shell({
        script: `export NO_COLOR=1; exec ${KVMVLAN} trace-dhcp VM1 --seconds 600`,
        term: 'dumb',
        rows: 50,
        columns: 120,
        onOutput: (text) => {
          // The first frame at the uplink is announced.
          if (/^eth0 -> DHCPv4 DISCOVER/m.test((shown += text)) && !shown.includes('^C')) shell.type('\x03');
        },
      });
      return shell.ended;
    });
    expect(result).toBe(1);
    expect(shown).toMatch(
      /^Watching veth0, eth0, br0 for 600 s; Ctrl-C ends it\. To make the guest ask again:\r\n/,
    );
    expect(shown).toMatch(
      /^DHCPv4 in VLAN 100: .* left this host through eth0 \(tagged 100\), and no answer came back\./m,
    );
    expect(shown).toMatch(/^Watched for [\d.]+ s until it was interrupted\.\r\n$/m);
  });

  test('a port that vanishes ends it', async () => {
    const running = kernel.run(`${KVMVLAN} trace-dhcp VM1 --json`);
    // Both directions of port and uplink, and what the host sends: five sockets below the heading.
    await succeed(
      kernel,
      'until [ $(wc -l </proc/net/packet) -eq 6 ]; do sleep 0.1; done; sleep 1; ip link del veth0',
    );
    expect(JSON.parse((await running).stdout)).toMatchObject({
      ended: 'port-gone',
      ports: [{ dev: 'veth0', code: 'silent', carrier: null }],
      gaps: [{ dev: 'veth0', reason: 'pcap_loop: The interface disappeared' }],
    });
  });
});
