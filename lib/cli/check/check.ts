import type { Command } from '../command';

/** `kvmvlan check`: everything that people trip over. */
export const check: Command = {
  command: 'check',
  describe: 'check everything that people trip over, and tell the command that mends it',
  examples: [
    ['sudo kvmvlan check', 'all of it'],
    ['kvmvlan check', 'without root: what only root may read is told as unknown'],
    ['kvmvlan check --json | jq -r \'.findings[] | select(.level == "failure") | .remedy\'', 'the remedies'],
  ],
  options: (yargs) =>
    yargs
      .option('json', { type: 'boolean', default: false, describe: 'print it as JSON' })
      .epilogue('Exit status: 0 all is right, 1 there are warnings, 2 there are failures.'),
  run: async ({ json }, context) => {
    const { checkHost } = await import('./check_host');
    return checkHost(json === true, context);
  },
};
