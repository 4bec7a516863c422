import type { Command } from './command';
import { apply } from './apply';
import { confirm } from './confirm';
import { diagram } from './diagram';
import { inspect } from './inspect';
import { log } from './log';
import { plan } from './plan';
import { repair } from './repair';
import { status } from './status';
import { undo } from './undo';
import { explain } from './explain';
import { simulate } from './simulate';
import { check } from './check';
import { snapshot } from './snapshot';
import { completion } from './completion';

/** The subcommands. */
export const COMMANDS: readonly Command[] = [
  plan,
  apply,
  confirm,
  undo,
  diagram,
  inspect,
  log,
  status,
  explain,
  simulate,
  check,
  snapshot,
  repair,
  completion,
];
