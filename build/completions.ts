import { joinScript } from './join_script';

const FOLDER = 'build/completions';

/** The templates of the shell completions; their placeholders are listed in build/completions/README.md. */
export const completionTemplates = () => ({
  bash: joinScript(FOLDER, 'kvmvlan.bash'),
  zsh: joinScript(FOLDER, '_kvmvlan'),
});
