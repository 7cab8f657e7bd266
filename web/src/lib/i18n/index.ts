import { readPreference, writePreference } from '@/lib/preferences'
import { createStore, useStore } from '@/lib/store'
import { de } from './de'
import { en, type Texts } from './en'

const all = { en, de } satisfies Record<string, Texts>
export type Language = keyof typeof all
const names = Object.keys(all) as Language[]

const store = createStore<Language>('en')

/** The words of the language in force. Read them where they are used: kept apart they would stay as they were. */
export let texts: Texts = en

export const getLanguage = () => store.get()
export const useLanguage = () => useStore(store)

function speak(language: Language) {
  texts = all[language]
  document.documentElement.lang = language
  store.set(language)
}

/** As chosen before, else as the browser asks. */
export function startLanguage() {
  const wanted = [readPreference('language'), ...navigator.languages.map((one) => one.slice(0, 2))]
  speak(wanted.flatMap((one) => names.filter((name) => name === one))[0] ?? 'en')
}

export function nextLanguage() {
  const next = names[(names.indexOf(store.get()) + 1) % names.length] ?? 'en'
  writePreference('language', next)
  speak(next)
}
