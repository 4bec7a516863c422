import type { Command } from '../command';

/** `kvmvlan log`: what the hooks did last. */
export const log: Command = {
  command: 'log [guest]',
  describe: 'show the last outcome of each phase and script, newest first',
  examples: [
    ['kvmvlan log', 'all guests, networks and the daemon'],
    ['kvmvlan log VM1', 'one guest (or network)'],
    ['kvmvlan log -f', 'go on with what comes, until Ctrl-C'],
    ['kvmvlan log --json | jq \'.outcomes[] | select(.outcome == "failed")\'', 'what failed last'],
  ],
  options: (yargs) =>
    yargs
      .positional('guest', { type: 'string', describe: "a guest's or network's name" })
      .option('follow', { alias: 'f', type: 'boolean', default: false, describe: 'go on with what comes' })
      .option('json', {
        type: 'boolean',
        default: false,
        describe: 'print it as JSON; with --follow a line each',
      }),
  run: async ({ guest, follow, json }, context) => {
    const { showLog } = await import('./log_show');
    const object = typeof guest === 'string' ? guest : undefined;
    return showLog({ object, follow: follow === true, json: json === true }, context);
  },
};
