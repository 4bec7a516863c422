import type { Command } from '../command';
import { showLog } from './log_show';

/** `kvmvlan log`: the last outcomes of the hooks. */
export const log: Command = {
  command: 'log [guest]',
  describe: 'show the last outcome of each phase and script, newest first',
  examples: [
    ['kvmvlan log', 'all guests, networks and the daemon'],
    ['kvmvlan log VM1', 'one guest (or network)'],
    ['kvmvlan log -f', 'follow the log until Ctrl-C'],
    [
      'kvmvlan log --json | jq \'.outcomes[] | select(.outcome == "failed")\'',
      'the scripts that failed last',
    ],
  ],
  options: (yargs) =>
    yargs
      .positional('guest', { type: 'string', describe: "a guest's or network's name" })
      .option('follow', {
        alias: 'f',
        type: 'boolean',
        default: false,
        describe: 'print new outcomes as they come',
      })
      .option('json', {
        type: 'boolean',
        default: false,
        describe: 'print it as JSON; with --follow one line for each outcome',
      }),
  run: async ({ guest, follow, json }, context) => {
    const object = typeof guest === 'string' ? guest : undefined;
    return showLog({ object, follow: follow === true, json: json === true }, context);
  },
};
