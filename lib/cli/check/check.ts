import { checkHost } from './check_host';
import type { Command } from '../command';

/** `kvmvlan check`: diagnoses common problems. */
export const check: Command = {
  command: 'check',
  describe: 'diagnose common problems and print the command that fixes each',
  examples: [
    ['sudo kvmvlan check', 'all checks'],
    ['kvmvlan check', 'without root: checks that need root are reported as unknown'],
    ['kvmvlan check --json | jq -r \'.findings[] | select(.level == "failure") | .remedy\'', 'the remedies'],
  ],
  options: (yargs) =>
    yargs
      .option('json', { type: 'boolean', default: false, describe: 'print it as JSON' })
      .epilogue('Exit status: 0 no problem found, 1 warnings, 2 failures.'),
  run: async ({ json }, context) => {
    return checkHost(json === true, context);
  },
};
