import { Exit, KnownError } from '../../model/known_error';
import { checkHost } from './check_host';
import type { Command } from '../command';

/** `kvmvlan check`: diagnoses common problems. */
export const check: Command = {
  command: 'check',
  describe: 'diagnose common problems and print the command that fixes each',
  examples: [
    ['sudo kvmvlan check', 'all checks'],
    ['kvmvlan check', 'without root: checks that need root are reported as unknown'],
    ['sudo kvmvlan check --nagios', 'for Nagios and Icinga, by NRPE or SSH'],
    ['kvmvlan check --json | jq -r \'.findings[] | select(.level == "failure") | .remedy\'', 'the remedies'],
  ],
  options: (yargs) =>
    yargs
      .option('json', { type: 'boolean', default: false, describe: 'print it as JSON' })
      .option('nagios', {
        type: 'boolean',
        default: false,
        describe: 'print it as a plugin of Nagios or Icinga',
      })
      .epilogue(
        'Exit status: 0 no problem found, 1 warnings, 2 failures.\n' +
          'With --nagios: 0 OK, 1 WARNING, 2 CRITICAL (failures, or a port that is not as wanted), 3 UNKNOWN.\n' +
          'Performance data: ports, drift (ports that are missing or not as wanted), failures, warnings.',
      ),
  run: async ({ json, nagios }, context) => {
    if (json === true && nagios === true)
      throw new KnownError('--json and --nagios exclude each other', 'Use one of them.', Exit.usage);
    return checkHost(json === true ? 'json' : nagios === true ? 'nagios' : 'text', context);
  },
};
