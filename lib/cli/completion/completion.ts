import { Exit } from '../../model/known_error';
import type { Command } from '../command';

/**
 * `kvmvlan completion`: what a shell needs to complete kvmvlan's words.
 *
 * @param commands all commands of kvmvlan, this one among them
 */
export const completionOf = (commands: () => readonly Command[]): Command => ({
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
    const { commandWords } = await import('./completion_words');
    const words = commands().map(commandWords);
    if (shell === 'zsh') stdout((await import('./completion_zsh')).completionZsh(words));
    else stdout((await import('./completion_bash')).completionBash(words));
    return Exit.done;
  },
});
