import { completionBash } from '../view/completion_bash';
import { completionZsh } from '../view/completion_zsh';
import type { Command } from './command';
import { commandWords } from './completion_words';
import { Exit } from '../types';

/** `kvmvlan completion`: what a shell needs to complete kvmvlan's words. */
export const completion: Command = {
  command: 'completion <shell>',
  describe: 'print the completion for bash or zsh',
  examples: [
    ['source <(kvmvlan completion bash)', 'in this bash'],
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
  run: async ({ shell }, { stdout }) => {
    // It imports us.
    const { COMMANDS } = await import('./commands');
    const words = COMMANDS.map(commandWords);
    if (shell === 'zsh') stdout(completionZsh(words));
    else stdout(completionBash(words));
    return Exit.done;
  },
};
