import { join } from 'node:path';
import { changesJson } from './changes_json';
import { renderPlan } from './render_plan';
import type { CliContext, Command } from '../command';
import { planStatus } from './plan_status';
import { readPlan, type Plan } from '../../apply/state/read_plan';

export const plan: Command = {
  command: 'plan',
  describe: 'show what conf would change on this host, port by port, and the commands; change nothing',
  examples: [
    ['kvmvlan plan', 'what `kvmvlan apply` would do now'],
    ['kvmvlan plan --json', 'for scripts: exit status 0 nothing to do, 1 changes, 2 error'],
  ],
  options: (yargs) =>
    yargs.option('json', { type: 'boolean', default: false, describe: 'as JSON, see docs/json.md' }),
  run: async (args, context) => {
    const found = await readPlan(context.root, context.io);
    const status = planStatus(found);
    const { risks, problems } = found;
    const changes = changesJson(found.changes);
    const json = { format: 1, status: ['nothing', 'changes', 'error'][status], changes, risks, problems };
    context.stdout(args.json === true ? `${JSON.stringify(json, null, 2)}\n` : planText(found, context));
    return status;
  },
};

function planText(found: Plan, { root, columns, color }: CliContext): string {
  return renderPlan(found, { width: columns, color, confFolder: join(root, 'conf') });
}
