import type { Command } from './command';
import { bridge } from './bridge/bridge';
import { apply } from './apply/apply';
import { confirm } from './confirm/confirm';
import { diagram } from './diagram/diagram';
import { inspect } from './inspect/inspect';
import { log } from './log/log';
import { plan } from './plan/plan';
import { repair } from './repair/repair';
import { status } from './status/status';
import { undo } from './undo/undo';
import { explain } from './explain/explain';
import { simulate } from './simulate/simulate';
import { check } from './check/check';
import { snapshot } from './snapshot/snapshot';
import { metrics } from './metrics/metrics';
import { traceDhcp } from './trace_dhcp/trace_dhcp';
import { completionOf } from './completion/completion';

/** All subcommands, in the order of the help text. */
export const COMMANDS: readonly Command[] = [
  plan,
  apply,
  confirm,
  undo,
  bridge,
  diagram,
  inspect,
  log,
  status,
  explain,
  simulate,
  check,
  traceDhcp,
  metrics,
  snapshot,
  repair,
  completionOf(() => COMMANDS),
];
