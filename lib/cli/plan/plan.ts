import { join } from 'node:path';
import { changesJson } from './changes_json';
import { renderPlan } from './render_plan';
import type { CliContext, Command } from '../command';
import { planStatus } from './plan_status';
import { routeChanges, type RouteChange } from './route_changes';
import { problemJson } from '../../model/problem_json';
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
    const risks = found.risks.map(problemJson);
    const problems = found.problems.map(problemJson);
    const changes = changesJson(found.changes);
    const routes = changesJson(routeChangesOf(found));
    const word = ['nothing', 'changes', 'error'][status];
    const json = { format: 1, status: word, changes, routes, risks, problems };
    context.stdout(args.json === true ? `${JSON.stringify(json, null, 2)}\n` : planText(found, context));
    return status;
  },
};

/** A plan as it is shown, also before `kvmvlan apply` asks. */
export function planText(found: Plan, { root, columns, color }: CliContext): string {
  const shown = { ...found, routes: routeChangesOf(found) };
  return renderPlan(shown, { width: columns, color, confFolder: join(root, 'conf') });
}

/** What would change for routed interfaces. */
export function routeChangesOf({ state: { routes } }: Plan): RouteChange[] {
  return routes === null ? [] : routeChanges(routes.plan);
}
