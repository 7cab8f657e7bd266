import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { en } from '@/lib/i18n/en'
import { de } from '@/lib/i18n/de'
import { codeText } from './error'
import { serverText } from './server-text'

const api = readFileSync(new URL('../../../../api/openapi.yaml', import.meta.url), 'utf8')
/** Code, message and hint of every error of the API. */
const errors = [...api.matchAll(/^ {8}(\w+): \[\d+, \w+, '(.*)', '(.*)'\]$/gm)].map(
  ([, code = '', message = '', hint = '']) => ({ code, message, hint }),
)
const file = /\w\.(md|ya?ml|conf|toml|ini|json)\b|docs\//

describe('serverText', () => {
  it.each([
    ['It must be COCO keypoint JSON; see docs/eval.md.', 'It must be COCO keypoint JSON.'],
    ["unknown key 'size'; docs/recipes.md lists those known", "unknown key 'size'"],
    ['Each url must be there once (docs/mongodb.md).', 'Each url must be there once.'],
    [
      'Drop it, and PoseCraft makes its own (docs/mongodb.md).',
      'Drop it, and PoseCraft makes its own.',
    ],
    ['Try again. See docs/queue.md for the rest. It may help.', 'Try again. It may help.'],
    ['See docs/queue.md.', ''],
    ['See the API document at /openapi.yaml.', 'See the API document at /docs.'],
  ])('%s', (text, shown) => expect(serverText(text)).toBe(shown))

  it('leaves other texts as they are, also with names of files', () => {
    for (const text of [
      'Look at notes.md; it is no image.',
      'Free some space; see posecraft doctor.',
    ])
      expect(serverText(text)).toBe(text)
  })
})

describe('errors', () => {
  it('of the API are found', () => expect(errors.length).toBeGreaterThan(40))

  it.each([en, de])('name no file that the reader does not have, $languageCode', (texts) => {
    for (const { code, message, hint } of errors) {
      const shown = codeText(texts, code, message, hint)
      expect(shown).not.toMatch(file)
      expect(shown).not.toBe('')
    }
  })

  it.each([en, de])('and reasons have no such text of the page either, $languageCode', (texts) =>
    expect(JSON.stringify([texts.errors, texts.reasons])).not.toMatch(file),
  )
})
