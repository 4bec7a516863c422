import { checkReport } from '../../../lib/cli/check/check_report';
import { diagramMermaid } from '../../../lib/cli/diagram/diagram_mermaid';
import { diagramSvg } from '../../../lib/cli/diagram/diagram_svg';
import { diagramText } from '../../../lib/cli/diagram/diagram_text';
import { toDrawing } from '../../../lib/cli/diagram/drawing';
import { liveRouter } from '../../../lib/cli/diagram/router_drawing';
import { ipStep } from '../../../lib/plan/routes/route_step';
import { explanation } from '../../../lib/cli/explain/explanation';
import { guestCard } from '../../../lib/cli/inspect/guest_card';
import { logLine, logTable } from '../../../lib/cli/log/log_table';
import { renderPlan, renderRisks } from '../../../lib/cli/plan/render_plan';
import { renderStatus } from '../../../lib/cli/status/render_status';
import { simulation } from '../../../lib/cli/simulate/simulation';
import { renderTrace } from '../../../lib/cli/trace_dhcp/render_trace';
import { judge } from '../../../lib/cli/trace_dhcp/judge';
import { IFACE, port, saw, uplink } from './trace_dhcp/parts';
import { parseXml } from './diagram/parse_xml';
import { nicsIn } from '../fake_host/guest_xml';
import type { HostSetup } from '../fake_host/fake_host';
import { bridge, bridgePort, member } from '../model/host/host_parts';
import { stateOf } from './example_hosts';

/** As far as libvirt lets a name be, and more: a C1 control, a line end, a mark that turns the text round. */
const BAD = 'x\u009b2J\nforged: all is well\u202eb\u2028forged';
/** All that may be in what is shown. */
const SAFE = /^[^\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]*$/u;

const BRIDGE = 'br\u009b\u202e';
const HOST: HostSetup = {
  bridges: [bridge(BRIDGE, { filtering: true })],
  ports: ['tap\u009b\u202e', 'eth\u009b\u202e'].map((name) => bridgePort(name, member(1), BRIDGE)),
  guests: { [BAD]: nicsIn(BRIDGE, 'tap\u009b\u202e', 'gone\u009b') },
  confs: {
    bridge_init: '[br\u009b\u202e]\ntrunk-port = eth\u009b\u202e\ntrunk-tags = x\u009b\n',
    vlan_filtering: '[tap\u009b\u202e]\npvid = 5\n[gone\u009b]\npvid = 6\n',
  },
};
/** A routed interface and its guest, and an address that no guest has any more. */
const ROUTED: HostSetup = {
  links: ['eth\u009b', 'tap\u009b'],
  guests: { [BAD]: [{ type: 'ethernet', dev: 'tap\u009b' }] },
  confs: {
    guest_routes: `[x\u009b]\nmac = 52:54:00:00:00:00\nuplink = eth\u009b\naddress = 203.0.113.20\n`,
  },
};
const STYLE = { width: 80, color: false, confFolder: '/c' };
const PROBLEM = { level: 'error' as const, code: 'run-failed' as const, message: BAD, hint: BAD };

const VIEWS: Record<string, () => Promise<string> | string> = {
  status: async () => renderStatus(await stateOf(HOST), STYLE, new Map()),
  'status, narrow': async () => renderStatus(await stateOf(HOST), { ...STYLE, width: 40 }, new Map()),
  'status of one': async () =>
    renderStatus({ ...(await stateOf(HOST)), switches: [], of: BAD, problems: [PROBLEM] }, STYLE, new Map()),
  'status of routed interfaces': async () => {
    const { routed, ...state } = await stateOf(ROUTED);
    if (routed?.interfaces.length !== 1) throw new Error('nothing is routed');
    const others = [ipStep('withdraw', 'route', BAD, BAD, [])];
    return renderStatus({ ...state, routed: { ...routed, others } }, STYLE, new Map());
  },
  'diagram of the router': async () => {
    const { routed } = await stateOf(ROUTED);
    const drawing = routed === null ? null : liveRouter(routed, null);
    if (drawing === null) throw new Error('nothing is routed');
    return diagramText(drawing) + diagramSvg([drawing]) + diagramMermaid([drawing]);
  },
  plan: () =>
    renderPlan(
      {
        changes: [
          {
            name: BAD,
            bridge: BAD,
            role: 'guest',
            guest: BAD,
            wantedBy: { origin: 'conf', place: { file: BAD, line: 1 }, label: BAD },
            found: BAD,
            wanted: BAD,
            commands: [`bridge vlan add dev ${BAD} vid 5`],
          },
        ],
        routes: [
          {
            name: BAD,
            guest: BAD,
            uplink: BAD,
            wantedBy: { origin: 'conf', place: { file: BAD, line: 1 }, label: BAD },
            removed: [BAD],
            added: [BAD],
            commands: [BAD],
          },
        ],
        risks: [PROBLEM],
        problems: [PROBLEM],
      },
      STYLE,
    ),
  risks: () => renderRisks([PROBLEM], STYLE),
  'diagram as text': async () =>
    (await stateOf(HOST)).switches.map((one) => diagramText(toDrawing(one))).join(''),
  'diagram as SVG': async () => diagramSvg((await stateOf(HOST)).switches.map(toDrawing)),
  'diagram as Mermaid': async () => diagramMermaid((await stateOf(HOST)).switches.map(toDrawing)),
  check: () => checkReport([{ item: 'conf', level: 'failure', message: BAD, remedy: BAD }], false),
  log: () => {
    const outcome = {
      time: null,
      call: ['qemu', BAD, BAD, BAD],
      script: BAD,
      outcome: 'ok',
      reason: BAD,
      ms: 1,
    };
    return logTable([outcome]) + logLine(outcome);
  },
  inspect: () =>
    guestCard(
      {
        name: BAD,
        uuid: BAD,
        interfaces: [
          {
            nic: 0,
            dev: BAD,
            mac: BAD,
            type: BAD,
            bridge: BAD,
            network: BAD,
            alias: BAD,
            libvirtVlan: false,
          },
        ],
        disks: [{ dev: BAD, source: BAD, format: BAD, type: BAD }],
      } as unknown as Parameters<typeof guestCard>[0],
      BAD,
      BAD,
    ),
  explain: () =>
    explanation({
      guest: BAD,
      state: BAD,
      file: BAD,
      interfaces: [
        {
          nic: 0,
          dev: BAD,
          mac: BAD,
          alias: BAD,
          source: BAD,
          wanted: BAD,
          wantedBy: BAD,
          passedOver: [BAD],
          now: BAD,
          isAsWanted: false,
          problems: [BAD],
          notes: [BAD],
          route: {
            addresses: [BAD],
            networks: [BAD],
            uplink: BAD,
            table: 1,
            vrf: BAD,
            wantedBy: BAD,
            passedOver: [BAD],
            commands: [BAD],
            refusals: [BAD],
            warnings: [BAD],
          },
        },
      ],
      phases: [
        {
          operation: 'start',
          suboperation: 'begin',
          libvirt: 'aborts the start',
          scripts: [
            {
              name: BAD,
              path: BAD,
              skip: BAD,
              refusal: null,
              isOurs: false,
              timeout: 1,
              onFailure: 'phase',
              does: null,
            },
            {
              name: BAD,
              path: BAD,
              skip: null,
              refusal: null,
              isOurs: false,
              timeout: 1,
              onFailure: 'phase',
              does: BAD,
            },
            {
              name: BAD,
              path: BAD,
              skip: null,
              refusal: BAD,
              isOurs: false,
              timeout: 1,
              onFailure: 'phase',
              does: null,
            },
          ],
        },
      ],
      problems: [BAD],
    }),
  'trace-dhcp': () => {
    const iface = { ...IFACE, dev: BAD };
    const traced = port({
      dev: BAD,
      iface,
      bridge: { name: BAD, filtering: true, protocol: '802.1Q' },
      exits: [uplink(member(1), { dev: BAD, isTrunk: false })],
    });
    const now = {
      hasCarrier: false,
      state: BAD,
      findings: [{ item: 'ports', code: 'ok', level: 'failure', message: BAD, remedy: BAD } as const],
    };
    return renderTrace(
      {
        guest: BAD,
        state: BAD,
        results: [
          {
            port: traced,
            verdict: judge(
              traced,
              [saw('vnet0 <', 'DISCOVER')].map((one) => ({ ...one, dev: BAD })),
            ),
            now,
          },
          { port: traced, verdict: judge(traced, []), now },
        ],
        unwatched: [{ iface, why: 'no-tap' }],
        ended: 'time',
        seconds: 30,
        gaps: [{ dev: BAD, reason: BAD }],
      },
      STYLE,
    );
  },
  simulate: () =>
    simulation({
      call: ['qemu', BAD, 'start', 'begin', '-'],
      libvirt: 'aborts the start',
      status: 1,
      notes: [BAD],
      scripts: [
        { path: BAD, skip: BAD, refusal: null, args: [], env: {}, log: BAD, said: null, exit: null },
        { path: BAD, skip: null, refusal: BAD, args: [], env: {}, log: BAD, said: null, exit: null },
        {
          path: BAD,
          skip: null,
          refusal: null,
          args: [BAD],
          env: { A: BAD },
          log: BAD,
          said: [BAD],
          exit: 0,
        },
      ],
    }),
};

test.each(Object.entries(VIEWS))(
  '%s: no name or value forges a line or reaches the terminal',
  async (_what, view) => {
    const lines = (await view()).split('\n');
    for (const line of lines) expect(line).toMatch(SAFE);
    // As the beginning of a line it would be one of ours.
    expect(lines.filter((line) => line.startsWith('forged'))).toEqual([]);
    expect(lines.some((line) => line.includes('\\u009b') || line.includes('#92;u009b'))).toBe(true);
  },
);

test('the SVG is well-formed, whatever a name holds', async () => {
  expect(parseXml(diagramSvg((await stateOf(HOST)).switches.map(toDrawing)))).toBe('svg');
});

test('to Mermaid a name is a name: no directive, no comment, no Markdown', async () => {
  const name = "%%{init:{'themeCSS':'*{display:none}'}}%% `**x**` \\ | ;";
  const text = diagramMermaid(
    (await stateOf({ ...HOST, guests: { [name]: nicsIn(BRIDGE, 'tap\u009b\u202e') } })).switches.map(
      toDrawing,
    ),
  );
  expect(text).not.toMatch(/%|[{}`\\]/);
  expect(text).toContain(
    `["#37;#37;#123;init:#123;'themeCSS':'*#123;display:none#125;'#125;#125;#37;#37; #96;**x**#96; #92; #124; #59;"]`,
  );
});
