import jsxA11y from 'eslint-plugin-jsx-a11y'
import reactHooks from 'eslint-plugin-react-hooks'
import tseslint from 'typescript-eslint'

// Imports point one way: lib <- components <- features <- app. No feature knows another, but for these
// that build on each other: correct, recipes <- images <- review.
const layers = [
  { files: 'src/lib/**', closed: ['components', 'features', 'app'] },
  { files: 'src/components/**', closed: ['features', 'app'] },
  {
    files: 'src/features/upload/**',
    closed: ['features/images', 'features/correct', 'features/review', 'app'],
  },
  {
    files: 'src/features/correct/**',
    closed: ['features/upload', 'features/images', 'features/review', 'app'],
  },
  {
    files: 'src/features/recipes/**',
    closed: ['features/upload', 'features/images', 'features/correct', 'features/review', 'app'],
  },
  { files: 'src/features/images/**', closed: ['features/upload', 'features/review', 'app'] },
  { files: 'src/features/review/**', closed: ['features/upload', 'app'] },
  { files: 'src/app/**', closed: [] },
]

const upward = { group: ['../*'], message: 'Name other folders by @/, so that the layer shows.' }

export default tseslint.config(
  { ignores: ['src/lib/api/schema.gen.ts', 'node_modules'] },
  ...tseslint.configs.strict,
  {
    files: ['src/**/*.{ts,tsx}'],
    plugins: { 'react-hooks': reactHooks, 'jsx-a11y': jsxA11y },
    rules: {
      ...reactHooks.configs.recommended.rules,
      ...jsxA11y.flatConfigs.strict.rules,
      // Rows that are laid out as a grid lose the roles of a table in some browsers: they are said again.
      'jsx-a11y/no-redundant-roles': ['error', { thead: ['rowgroup'], tbody: ['rowgroup'] }],
      'jsx-a11y/no-interactive-element-to-noninteractive-role': [
        'error',
        { td: ['cell'], tr: ['row'] },
      ],
      'max-lines': ['error', { max: 200, skipBlankLines: true, skipComments: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
    },
  },
  ...layers.map(({ files, closed }) => ({
    files: [files],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            upward,
            ...closed.map((layer) => ({
              group: [`@/${layer}`, `@/${layer}/**`],
              message: 'Imports point one way: lib <- components <- features <- app.',
            })),
          ],
        },
      ],
    },
  })),
)
