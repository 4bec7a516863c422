import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';

/** The names and licenses of the npm packages in a bundle: their licenses demand that the text goes with the code. */
export function licenses({ outputs }: Metafile): string {
  const files = Object.values(outputs).flatMap(({ inputs }) => Object.entries(inputs));
  const folders = files
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([file]) => /^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? '')
    .filter((folder) => folder !== '');
  return [...new Set(folders.map(licenseOf))].sort().join('\n');
}

/** Throws if a package has no license. */
function licenseOf(folder: string): string {
  const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
  };
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  if (file === undefined) throw new Error(`${folder} has no license, so kvmvlan may not contain it`);
  return `${name} ${version}\n\n${readFileSync(join(folder, file), 'utf8').trim().replace(/\r/g, '')}\n`;
}
