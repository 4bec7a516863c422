import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, parse, resolve } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { DRIVER_NAMES } from '../lib/model/libvirt/phases';
import { PLUGIN_FILES } from '../lib/model/own_plugins';
import { buildVersion } from './build_version';
import { completionTemplates } from './completions';
import { writeDocs } from './docs';
import { CODE_BEGIN, CODE_END, dispatcherHeader, pluginHeader } from './header';
import { lazyChildProcess } from './lazy_child_process';
import { licenses } from './licenses';

/** The output folder; `hooks` in it mirrors the installed folders. Run the build in the project's root. */
const OUT = 'build/dist';
/** The executables that are not dispatchers. All executables are one program, so one start-up snapshot serves all. */
const OTHERS = [...PLUGIN_FILES, 'bin/kvmvlan'];

/** Builds the project's own bundles, or with paths an administrator's plugins. */
async function main(files: readonly string[]): Promise<void> {
  const { version: released } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  const version = buildVersion(released);
  if (files.length > 0) return buildPlugins(files, version);
  const { bash, zsh } = completionTemplates();
  const define = { VERSION: version, COMPLETION_BASH: bash, COMPLETION_ZSH: zsh };
  const { code, metafile } = await bundle('hooks/program.ts', define);
  for (const entry of OTHERS) {
    const name = entry.split('/').at(-1) ?? entry;
    write(`hooks/${entry}`, pluginHeader(name, version), code);
  }
  for (const driver of DRIVER_NAMES) write(`hooks/${driver}`, dispatcherHeader(driver, version), code);
  writeDocs(OUT, version);
  writeFileSync(join(OUT, 'licenses'), licenses(metafile));
}

/** Builds plugins. They are no part of the package, so they get the path of the node that builds them. */
async function buildPlugins(files: readonly string[], version: string): Promise<void> {
  for (const file of files) {
    const { name } = parse(file);
    if (!/^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(name) || process.execPath.includes("'"))
      throw new Error(`${file}: rename it, so that its name has only letters, digits, _ and -`);
    // npm changes to the project's root, but the path is relative to the user's folder.
    const { code } = await bundle(resolve(process.env.INIT_CWD ?? '.', file), { VERSION: version });
    write(`plugins/${name}`, pluginHeader(name, version, process.execPath), code);
    process.stdout.write(`${join(OUT, 'plugins', name)}: copy it into a phase folder, owned by root\n`);
  }
}

/** Bundles an entry and its imports into one CommonJS text: node reads a file without extension as CommonJS. */
async function bundle(
  file: string,
  define: Record<string, unknown>,
): Promise<{ code: string; metafile: Metafile }> {
  const result = await build({
    entryPoints: [file],
    bundle: true,
    write: false,
    metafile: true,
    outfile: 'code.js',
    platform: 'node',
    target: 'node18',
    format: 'cjs',
    minify: true,
    legalComments: 'external',
    define: {
      // Leaves out parts of winston that only its developers need, for example 24 kB of colours.
      'process.env.NODE_ENV': '"production"',
      ...Object.fromEntries(Object.entries(define).map(([name, value]) => [name, JSON.stringify(value)])),
    },
    // For plugins outside of the project: `import … from 'kvmvlan/plugins/main'`, and the project's packages.
    // The ES module of yargs wraps help in the middle of words.
    alias: { kvmvlan: resolve('lib'), 'yargs/yargs': resolve('node_modules/yargs/yargs.cjs') },
    nodePaths: [resolve('node_modules')],
    plugins: [lazyChildProcess],
    logLevel: 'warning',
  });
  const output = (extension: string): string =>
    result.outputFiles.find(({ path }) => path.endsWith(extension))?.text ?? '';
  const code = output('code.js');
  // A dynamic import does not work when node starts from a snapshot.
  const dynamic = /\bimport\(.{0,40}/.exec(code)?.[0];
  if (dynamic !== undefined)
    throw new Error(`${file}: ${dynamic}: import it statically, in a module that is imported dynamically`);
  const legal = output('.LEGAL.txt').replace(/^.*\n/gm, '// $&');
  return { code: `${CODE_BEGIN}${legal}${code}${CODE_END}`, metafile: result.metafile };
}

/** Writes an executable. */
function write(entry: string, header: string, code: string): void {
  const path = join(OUT, entry);
  mkdirSync(dirname(path), { recursive: true });
  // In one step: a process that is using the old file keeps it.
  writeFileSync(`${path}.new`, header + code, { mode: 0o755 });
  renameSync(`${path}.new`, path);
}

main(process.argv.slice(2)).catch((error: Error) => {
  // esbuild has already printed its own errors.
  if (!('errors' in error)) process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
