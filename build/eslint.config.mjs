// Type-aware lint. The direction of imports is in imports.config.cjs.
import { URL, fileURLToPath } from 'node:url';
import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';

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
    // What is found is data; a folder says it in one file. Commands say what they find in their own words.
    files: ['lib/**/*.ts'],
    ignores: ['lib/**/*problems.ts', 'lib/cli/**', 'lib/model/known_error.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: "ObjectExpression:has(> Property[key.name='code']):has(> Property[key.name='hint'])",
          message: 'Write the sentences of a problem in the problems.ts of this folder.',
        },
      ],
    },
  },
);
