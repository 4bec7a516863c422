import type { Argv, Options } from 'yargs';
import { PHASES } from '../../model/libvirt/phases';
import type { CommandWords, OptionWords, PositionalWords } from './command_words';
import type { Command } from '../command';

/** Choices of positional arguments whose commands do not list them. */
const CHOICES: Readonly<Record<string, readonly string[]>> = {
  operation: [...new Set(PHASES.map(({ operation }) => operation))],
  sub: ['begin', 'end'],
};

/** The words of a command. They are recorded from its calls of yargs. */
export function commandWords(command: Command): CommandWords {
  const [name = '', ...typed] = command.command.split(' ');
  const given = new Map<string, Options>();
  const options: OptionWords[] = [];
  let epilogue: string | null = null;
  const option = (key: string, about: Options): void => {
    if (about.hidden === true) return;
    const takesNone = about.type === 'boolean' || about.type === 'count';
    const alias = typeof about.alias === 'string' ? about.alias : (about.alias?.[0] ?? null);
    const choices = takesNone ? null : (about.choices ?? []).map(String);
    options.push({
      name: key,
      alias,
      describe: about.describe ?? about.description ?? '',
      choices,
      isPath: 'isPath' in about,
    });
  };
  const recorder: unknown = new Proxy(
    {},
    {
      get:
        (_target, method) =>
        (first: unknown, about?: unknown): unknown => {
          if (method === 'positional') given.set(String(first), about ?? {});
          if (method === 'epilogue' || method === 'epilog') epilogue = String(first);
          if (method === 'option' && typeof first === 'string') option(first, about ?? {});
          if ((method === 'option' || method === 'options') && typeof first === 'object')
            for (const [key, value] of Object.entries(first ?? {})) option(key, value as Options);
          return recorder;
        },
    },
  );
  command.options(recorder as Argv);
  const positionals = typed.map((word): PositionalWords => {
    const key = word.replace(/[<>[\].]/g, '');
    const about = given.get(key);
    return {
      name: key,
      isRequired: word.startsWith('<'),
      describe: about?.describe ?? key,
      choices: about?.choices?.map(String) ?? CHOICES[key] ?? [],
    };
  });
  return { name, describe: command.describe, positionals, options, examples: command.examples, epilogue };
}
