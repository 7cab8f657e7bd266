import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { en } from '@/lib/i18n/en'
import { de } from '@/lib/i18n/de'
import { codeText } from './error'

const api = readFileSync(new URL('../../../../api/openapi.yaml', import.meta.url), 'utf8')
/** Code, message and hint of every error of the API. */
const errors = [...api.matchAll(/^ {8}(\w+): \[\d+, \w+, '(.*)', '(.*)'\]$/gm)].map(
  ([, code = '', message = '', hint = '']) => ({ code, message, hint }),
)
const file = /\w\.(md|ya?ml|conf|toml|ini|json)\b|docs\//

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
