import { describeState } from '../explain/describe_state';
import { describeCause } from './describe_cause';
import { describeVerdict } from './describe_verdict';
import type { TracedResult, TraceReport } from './trace_report';

/** The report as it is printed with `--json`, see docs/json.md. */
export function traceJson(report: TraceReport, status: number): object {
  const { guest, state, seconds, ended, results, unwatched, gaps } = report;
  return {
    format: 1,
    status,
    guest,
    state: describeState(state),
    seconds,
    ended,
    ports: results.map(portJson),
    unwatched: unwatched.map(({ iface, why }) => ({
      dev: iface.dev,
      nic: iface.nic,
      mac: iface.mac,
      type: iface.type,
      reason: why,
    })),
    gaps,
  };
}

function portJson({ port, verdict, now }: TracedResult): object {
  const { dev, bridge, iface, exits } = port;
  return {
    dev,
    bridge: bridge.name,
    interface: { nic: iface.nic, alias: iface.alias, mac: iface.mac, network: iface.network },
    code: verdict.code,
    carrier: now.hasCarrier,
    state: now.state,
    exits: exits.map((exit) => ({ dev: exit.dev, place: exit.place })),
    conversations: verdict.conversations.map(({ family, causes, ...one }) => ({
      protocol: `DHCPv${family}`,
      ...one,
      message: describeVerdict(port, { family, causes, ...one }),
      causes: causes.map((cause) => ({ code: cause.code, message: describeCause(cause, port).text })),
    })),
    moreConversations: verdict.more,
    findings: now.findings,
  };
}
