import { readPreference, writePreference } from '@/lib/preferences'
import { useServices } from '@/lib/services'
import { createStore, useStore } from '@/lib/store'
import { de } from './de'
import { en, type Texts } from './en'
import { createFormat, type Format } from './format'

export type { Format, Texts }

const languages = { en, de } satisfies Record<string, Texts>
export type Language = keyof typeof languages
const codes = Object.keys(languages) as Language[]

/** The texts and the number formats of one language. */
export interface Locale {
  language: Language
  texts: Texts
  format: Format
}

export const localeOf = (language: Language): Locale => ({
  language,
  texts: languages[language],
  format: createFormat(language),
})

/** The language of the page. Components read it by useLocale, useTexts or useFormat; other code reads
 * `texts` and `format` at the moment of use, because the user may change the language at any time. */
export class I18n {
  readonly store = createStore<Locale>(localeOf('en'))

  get texts() {
    return this.store.get().texts
  }

  get format() {
    return this.store.get().format
  }

  /** Uses the language chosen earlier, or else the first supported one the browser asks for. */
  start() {
    const wanted = [
      readPreference('language'),
      ...navigator.languages.map((one) => one.slice(0, 2)),
    ]
    this.use(wanted.flatMap((one) => codes.filter((code) => code === one))[0] ?? 'en')
  }

  next() {
    const { language } = this.store.get()
    const next = codes[(codes.indexOf(language) + 1) % codes.length] ?? 'en'
    writePreference('language', next)
    this.use(next)
  }

  private use(language: Language) {
    document.documentElement.lang = language
    this.store.set(localeOf(language))
  }
}

export const useLocale = () => useStore(useServices().i18n.store)
export const useTexts = () => useLocale().texts
export const useFormat = () => useLocale().format
