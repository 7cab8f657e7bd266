import { useEffect } from 'react'
import { readPreference, writePreference } from './preferences'
import { useServices } from './services'
import { createStore, type Store, useStore } from './store'

/** Users of speech input turn single-key shortcuts off, because spoken words would trigger them. */
export const createHotkeysSetting = (): Store<boolean> =>
  createStore(readPreference('hotkeys') !== 'off')

export function useHotkeysEnabled(): [enabled: boolean, set: (on: boolean) => void] {
  const store = useServices().hotkeysEnabled
  const set = (on: boolean) => {
    store.set(on)
    writePreference('hotkeys', on ? null : 'off')
  }
  return [useStore(store), set]
}

/** In a text field a key is text, and a dialog has keys of its own. */
function isTakenElsewhere(target: EventTarget | null): boolean {
  if (document.querySelector('dialog[open]')) return true
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.matches('input, textarea, select'))
  )
}

/** Keys that work everywhere on the page, except in a text field or under an open dialog. */
export function useHotkeys(keys: Record<string, () => void>) {
  const enabled = useServices().hotkeysEnabled
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const run = keys[event.key]
      if (!run || !enabled.get() || event.ctrlKey || event.metaKey || event.altKey) return
      if (isTakenElsewhere(event.target)) return
      event.preventDefault()
      run()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [keys, enabled])
}
