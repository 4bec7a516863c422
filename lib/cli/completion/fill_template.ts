/**
 * Fills in a template of build/completions. `@NAME@` is replaced with a value, and a comment that consists of `@NAME@` with
 * whole lines. Throws if a placeholder has no value.
 */
export function fillTemplate(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/^ *# @([A-Z]+)@\n|@([A-Z]+)@/gm, (all, lines?: string, word?: string) => {
    const value = values[lines ?? word ?? ''];
    if (value === undefined) throw new Error(`no value for ${all.trim()}`);
    return value;
  });
}
