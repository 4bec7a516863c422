import { Exit } from '../../model/known_error';
import { completionBash } from './completion_bash';
import { completionZsh } from './completion_zsh';
import type { Command } from '../command';
import { commandWords } from './completion_words';

// The build puts the templates of build/completions in.
declare const COMPLETION_BASH: string;
declare const COMPLETION_ZSH: string;

/**
 * `kvmvlan completion`: the completion of kvmvlan's commands for a shell.
 *
 * @param commands all commands of kvmvlan, including this one
 */
export const completionOf = (commands: () => readonly Command[]): Command => ({
  command: 'completion <shell>',
  describe: 'print the completion for bash or zsh',
  examples: [
    ['source <(kvmvlan completion bash)', 'load it into the current shell'],
    [
      'kvmvlan completion bash | sudo tee /usr/local/share/bash-completion/completions/kvmvlan >/dev/null',
      'for every bash',
    ],
    [
      'kvmvlan completion zsh | sudo tee /usr/local/share/zsh/site-functions/_kvmvlan >/dev/null',
      'for every zsh',
    ],
  ],
  options: (yargs) =>
    yargs.positional('shell', {
      type: 'string',
      choices: ['bash', 'zsh'],
      demandOption: true,
      describe: 'the shell',
    }),
  run: ({ shell }, { stdout }) => {
    const words = commands().map(commandWords);
    if (shell === 'zsh') stdout(completionZsh(COMPLETION_ZSH, words));
    else stdout(completionBash(COMPLETION_BASH, words));
    return Promise.resolve(Exit.done);
  },
});
