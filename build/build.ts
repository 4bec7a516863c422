import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, parse, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { wrapProgram } from '../lib/boot/program_text';
import { COMMANDS as SUBCOMMANDS } from '../lib/cli/commands';
import { fingerprint } from '../lib/dispatch/fingerprint';
import { DRIVER_NAMES } from '../lib/model/libvirt/phases';
import { buildVersion } from './build_version';
import { writeDocs } from './docs';
import { dispatcherHeader } from './dispatcher_header';
import { lazyPackages } from './lazy_packages';
import { pluginHeader } from './plugin_header';
import { CODE_BEGIN, CODE_END, NODE_PLACEHOLDER } from './sh_header';
import { sourceSums } from './source_sums';
import { syncExeca } from './sync_execa';
import { withoutCommentEnd } from './without_comment_end';

/** Where the bundles go; `hooks` has folders that mirror the installed ones. Run from the project's root. */
const OUT = 'build/dist';
const PLUGINS = ['daemon_start.d/bridge_init', 'qemu_start_begin.d/vlan_filtering'];
const COMMANDS = ['bin/kvmvlan'];

/** Without arguments the project's own bundles; with paths those of an administrator's plugins. */
async function main(files: readonly string[]): Promise<void> {
  const { version: released } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  const version = buildVersion(released);
  if (files.length > 0) return buildPlugins(files, version);
  const sums = sourceSums();
  const fingerprints: Record<string, string> = {};
  for (const entry of [...PLUGINS, ...COMMANDS]) {
    const name = entry.split('/').at(-1) ?? entry;
    const uses = COMMANDS.includes(entry)
      ? SUBCOMMANDS.map(({ command }) => command.split(' ')[0] ?? '')
      : [];
    const code = await bundle(`hooks/${entry}.ts`, { VERSION: version }, [syncExeca], uses);
    fingerprints[name] = write(`hooks/${entry}`, pluginHeader(name, version, NODE_PLACEHOLDER), code);
  }
  for (const driver of DRIVER_NAMES) {
    const define = { VERSION: version, PLUGIN_FINGERPRINTS: fingerprints };
    const code = await bundle(`hooks/${driver}.ts`, define, [syncExeca]);
    write(`hooks/${driver}`, dispatcherHeader(driver, version), code);
  }
  writeDocs(OUT, version);
  writeFileSync(join(OUT, 'sources'), sums);
}

/** No installer follows on these, so they get the path of the node that builds them. */
async function buildPlugins(files: readonly string[], version: string): Promise<void> {
  for (const file of files) {
    const { name } = parse(file);
    if (!/^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(name) || process.execPath.includes("'"))
      throw new Error(`${file}: give it a name of letters, digits, _ and - only`);
    // npm changes to the project's root; the path was typed elsewhere.
    const code = await bundle(resolve(process.env.INIT_CWD ?? '.', file), { VERSION: version });
    write(`plugins/${name}`, pluginHeader(name, version, process.execPath), code);
    process.stdout.write(`${join(OUT, 'plugins', name)}: copy it into a phase folder, owned by root\n`);
  }
}

/** One entry and all that it needs as one CommonJS text: a hook's name has no extension to say otherwise. */
async function bundle(
  file: string,
  define: Record<string, unknown>,
  plugins: Plugin[] = [],
  uses: readonly string[] = [],
): Promise<string> {
  const program = await bundleText(file, define, plugins);
  const boot = await bundleText('lib/boot/boot.ts', { USES: uses });
  const wrapped = wrapProgram(withoutCommentEnd(program.code));
  return `${CODE_BEGIN}${program.licences}const PROGRAM=${wrapped};${boot.code}${CODE_END}`;
}

async function bundleText(
  file: string,
  define: Record<string, unknown> = {},
  plugins: Plugin[] = [],
): Promise<{ code: string; licences: string }> {
  const result = await build({
    entryPoints: [file],
    bundle: true,
    write: false,
    outfile: 'code.js',
    platform: 'node',
    target: 'node18',
    format: 'cjs',
    minify: true,
    legalComments: 'external',
    define: {
      // Leaves out of winston what only its developers see, 24 kB of colours among it.
      'process.env.NODE_ENV': '"production"',
      ...Object.fromEntries(Object.entries(define).map(([name, value]) => [name, JSON.stringify(value)])),
    },
    // For plugins outside of the project: `import … from 'kvmvlan/plugins/main'`, and its packages.
    alias: { kvmvlan: resolve('lib') },
    nodePaths: [resolve('node_modules')],
    plugins: [nodeStreams, lazyPackages, ...plugins],
    logLevel: 'warning',
  });
  const output = (extension: string): string =>
    result.outputFiles.find(({ path }) => path.endsWith(extension))?.text ?? '';
  const code = output('code.js');
  // A program that vm.Script runs has none: it would fail at the user's, and only there.
  const dynamic = /\bimport\(.{0,40}/.exec(code)?.[0];
  if (dynamic !== undefined)
    throw new Error(`${file}: ${dynamic}: import it statically, in a module that is imported dynamically`);
  return { code, licences: output('.LEGAL.txt').replace(/^.*\n/gm, '// $&') };
}

/** winston brings a copy of node's streams for browsers; node's own are loaded already. */
const nodeStreams: Plugin = {
  name: 'node-streams',
  setup(bundler) {
    bundler.onResolve({ filter: /^readable-stream$/ }, () => ({ path: 'node:stream', external: true }));
    bundler.onResolve({ filter: /^readable-stream\/lib\/_stream_writable/ }, () => ({
      path: 'writable',
      namespace: 'node-streams',
    }));
    bundler.onLoad({ filter: /^writable$/, namespace: 'node-streams' }, () => ({
      contents: "module.exports = require('node:stream').Writable",
    }));
    bundler.onLoad({ filter: /\/@colors\/colors\/safe\.js$/ }, () => ({ contents: 'module.exports = {}' }));
  },
};

/** Writes an executable. Returns the fingerprint of all behind its sh header, as bundled_plugin.ts compares it. */
function write(entry: string, header: string, code: string): string {
  const end = header.lastIndexOf('\n*/\n');
  if (header.indexOf('*/') !== end + 1)
    throw new Error(`the sh header of ${entry} ends too early for JavaScript`);
  const text = header + code;
  const path = join(OUT, entry);
  mkdirSync(dirname(path), { recursive: true });
  // In one step: whoever uses the old one at this moment keeps it.
  writeFileSync(`${path}.new`, text, { mode: 0o755 });
  renameSync(`${path}.new`, path);
  return fingerprint(Buffer.from(text.slice(end)));
}

main(process.argv.slice(2)).catch((error: Error) => {
  // esbuild has shown its errors already.
  if (!('errors' in error)) process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
