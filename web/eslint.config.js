import { readdirSync } from 'node:fs'
import jsxA11y from 'eslint-plugin-jsx-a11y'
import reactHooks from 'eslint-plugin-react-hooks'
import tseslint from 'typescript-eslint'

// Imports point one way: lib <- components <- features <- app. No feature imports another; app/ puts them
// together, and what several of them need is in lib/ or components/.
const features = readdirSync(new URL('src/features', import.meta.url)).map(
  (name) => `features/${name}`,
)
const layers = [
  { files: 'src/lib/**', closed: ['components', 'features', 'app'] },
  { files: 'src/components/**', closed: ['features', 'app'] },
  ...features.map((feature) => ({
    files: `src/${feature}/**`,
    closed: [...features.filter((other) => other !== feature), 'app'],
  })),
  { files: 'src/app/**', closed: [] },
]

const upward = {
  group: ['../*'],
  message: 'Import from other folders by @/, so that the layer is visible.',
}

export default tseslint.config(
  { ignores: ['src/lib/api/schema.gen.ts', 'node_modules'] },
  ...tseslint.configs.strict,
  {
    files: ['src/**/*.{ts,tsx}'],
    plugins: { 'react-hooks': reactHooks, 'jsx-a11y': jsxA11y },
    rules: {
      ...reactHooks.configs.recommended.rules,
      ...jsxA11y.flatConfigs.strict.rules,
      // In some browsers rows laid out as a grid lose their table roles, so the roles are repeated.
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
              message:
                'Imports point one way: lib <- components <- features <- app, and no feature imports another.',
            })),
          ],
        },
      ],
    },
  })),
)
