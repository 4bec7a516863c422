// The rooms of lib/ and the direction of imports between them, as docs/architecture.md draws it. Type-only imports
// count.
/** The other rooms that each room may import. */
const MAY_IMPORT = {
  text: [],
  model: ['text'],
  plan: ['model', 'text'],
  system: ['model', 'text'],
  network: ['plan', 'model', 'text'],
  apply: ['plan', 'system', 'model', 'text'],
  plugins: ['apply', 'network', 'plan', 'system', 'model', 'text'],
  dispatch: ['plugins', 'apply', 'system', 'model', 'text'],
  boot: ['cli', 'plugins', 'system', 'model', 'text'],
  cli: ['dispatch', 'plugins', 'apply', 'network', 'plan', 'system', 'model', 'text'],
};

/** Rooms without effects. */
const PURE = ['text', 'model', 'plan', 'network'];

module.exports = {
  forbidden: [
    {
      name: 'no-cycle',
      comment:
        'Two files that import each other cannot be understood apart: move what both need into a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    ...Object.entries(MAY_IMPORT).map(([room, others]) => ({
      name: `${room}-imports`,
      comment: `lib/${room} may import only ${[room, ...others].join(', ')}.`,
      severity: 'error',
      from: { path: `^lib/${room}/` },
      to: { path: '^lib/', pathNot: `^lib/(${[room, ...others].join('|')})/` },
    })),
    {
      name: 'no-other-room',
      comment: 'A new folder of lib/ needs a line in this file, and one in docs/architecture.md.',
      severity: 'error',
      from: {},
      to: { path: '^lib/', pathNot: `^lib/(${Object.keys(MAY_IMPORT).join('|')})/` },
    },
    {
      name: 'pure',
      comment: 'This room has no effects: it gets access to the outside world as an argument.',
      severity: 'error',
      from: { path: `^lib/(${PURE.join('|')})/` },
      to: {
        path: '^(node:)?(fs|fs/promises|child_process|net|os|process|execa|winston)$|node_modules/(execa|winston)/',
      },
    },
    {
      name: 'one-runs-commands',
      comment: 'Only lib/system runs commands and writes logs.',
      severity: 'error',
      from: { path: '^(lib|hooks)/', pathNot: '^lib/system/' },
      to: { path: 'node_modules/(execa|winston)/' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
  },
};
