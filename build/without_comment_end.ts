import { parse, tokTypes, type Token } from 'acorn';

/**
 * The same program without the two characters that end a comment, so that it may stand in one. Throws where they have no
 * other spelling: in a comment, and in the text of a template that a function is given raw.
 */
export function withoutCommentEnd(program: string): string {
  if (!program.includes('*/')) return program;
  const tokens: Token[] = [];
  const tree = parse(program, {
    ecmaVersion: 'latest',
    allowReturnOutsideFunction: true,
    onToken: tokens,
  });
  return program.replaceAll('*/', (_, at: number) => {
    const token = tokens.find(({ start, end }) => start <= at && at + 1 < end);
    if (token?.type === tokTypes.regexp) return isItsEnd(token, at + 1) ? '*(?:)/' : '*\\/';
    if (token?.type === tokTypes.string) return '*\\/';
    if (token?.type === tokTypes.template && !isRaw(tree, at)) return '*\\/';
    // A product with a regular expression.
    if (tokens.some(({ start }) => start === at + 1)) return '* /';
    throw new Error(`it cannot be put into a comment: ${program.slice(Math.max(0, at - 30), at + 30)}`);
  });
}

/** Whether a place is the end of a regular expression, with only flags behind it. */
function isItsEnd(token: Token, at: number): boolean {
  // acorn's types leave out what a token holds.
  const { pattern } = (token as Token & { value: { pattern: string } }).value;
  return at === token.start + '/'.length + pattern.length;
}

/** Whether a place is in a template with a tag. */
function isRaw(node: unknown, at: number): boolean {
  if (typeof node !== 'object' || node === null) return false;
  const { type, start, end } = node as { type?: string; start?: number; end?: number };
  if (start !== undefined && end !== undefined && (at < start || at >= end)) return false;
  return type === 'TaggedTemplateExpression' || Object.values(node).some((child) => isRaw(child, at));
}
