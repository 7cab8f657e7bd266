import { useEffect } from 'react'
import { readPreference, writePreference } from './preferences'
import { createStore, useStore } from './store'

/** Single keys can be switched off: speech input and a slip of the hand must not trigger them. */
const enabled = createStore(readPreference('hotkeys') !== 'off')

export const useHotkeysEnabled = () => useStore(enabled)

export function setHotkeysEnabled(on: boolean) {
  enabled.set(on)
  writePreference('hotkeys', on ? null : 'off')
}

function busy(target: EventTarget | null): boolean {
  if (document.querySelector('dialog[open]')) return true
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.matches('input, textarea, select'))
  )
}

/** Keys that work anywhere on the page but in a field or under an open dialog. */
export function useHotkeys(keys: Record<string, () => void>) {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const run = keys[event.key]
      if (!run || !enabled.get() || event.ctrlKey || event.metaKey || event.altKey) return
      if (busy(event.target)) return
      event.preventDefault()
      run()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [keys])
}
