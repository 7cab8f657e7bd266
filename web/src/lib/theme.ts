import { readPreference, writePreference } from './preferences'
import { useServices } from './services'
import { createStore, type Store, useStore } from './store'

const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

export function createThemeStore(): Store<Theme> {
  const stored = readPreference('theme')
  return createStore<Theme>(themes.find((theme) => theme === stored) ?? 'system')
}

/** The theme, and how to switch to the next one. */
export function useTheme() {
  const store = useServices().theme
  const theme = useStore(store)
  const next = () => {
    const to = themes[(themes.indexOf(theme) + 1) % themes.length] ?? 'system'
    store.set(to)
    writePreference('theme', to === 'system' ? null : to)
    if (to === 'system') delete document.documentElement.dataset['theme']
    else document.documentElement.dataset['theme'] = to
  }
  return { theme, next }
}
