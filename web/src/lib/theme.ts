import { readPreference, writePreference } from './preferences'
import { createStore, useStore } from './store'

const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

const stored = readPreference('theme')
const store = createStore<Theme>(themes.find((theme) => theme === stored) ?? 'system')

export function nextTheme() {
  const next = themes[(themes.indexOf(store.get()) + 1) % themes.length] ?? 'system'
  store.set(next)
  writePreference('theme', next === 'system' ? null : next)
  if (next === 'system') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = next
}

export const useTheme = () => useStore(store)
