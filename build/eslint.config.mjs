// Type-aware lint, and the import directions of docs/architecture.md.
import { URL, fileURLToPath } from 'node:url';
import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';

/** Modules that touch the outside world; the pure folders must not import them. */
const effects = [
  {
    group: [
      'node:fs',
      'node:fs/*',
      'fs',
      'node:child_process',
      'child_process',
      'execa',
      'winston',
      'winston/*',
    ],
    message: 'This folder is pure: effects come in as function types.',
  },
  {
    group: ['**/system/*', '**/iproute2/*', '**/dispatch/*', '**/plugins/*', '**/cli/*'],
    message: 'Imports point towards lib/types.ts, see docs/architecture.md.',
  },
];

export default tseslint.config(
  { ignores: ['build/dist/**', 'node_modules/**'] },
  eslint.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: {
        project: './tsconfig.json',
        tsconfigRootDir: fileURLToPath(new URL('..', import.meta.url)),
      },
    },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      eqeqeq: ['error', 'always'],
    },
  },
  {
    files: [
      'lib/vlan/**',
      'lib/conf/**',
      'lib/domain/**',
      'lib/match/**',
      'lib/plan/**',
      'lib/switch/**',
      'lib/network/**',
      'lib/text/**',
      'lib/view/**',
      'lib/types.ts',
    ],
    rules: { 'no-restricted-imports': ['error', { patterns: effects }] },
  },
  {
    files: ['lib/**', 'hooks/**'],
    ignores: ['lib/system/**'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          paths: [{ name: 'execa', message: 'Only lib/system/ runs commands.', allowTypeImports: false }],
        },
      ],
    },
  },
);
