/**
 * The commands of a batch, word by word, as iproute2 reads them (lib/utils.c getcmdline, makeargs): `#` begins a
 * comment wherever it stands, words may be quoted, empty lines are no commands. Lines count from 1.
 */
export function batchLines(input: string): { line: number; words: string[] }[] {
  return input.split('\n').flatMap((text, index) => {
    const [command = ''] = text.split('#');
    const words = [...command.matchAll(/"([^"]*)"|'([^']*)'|([^\s"'][^\s]*)/g)].map(
      ([, double, single, plain]) => double ?? single ?? plain ?? '',
    );
    return words.length === 0 ? [] : [{ line: index + 1, words }];
  });
}
