/** The user's choices, stored in this browser if it allows it. */
export function readPreference(key: string): string | null {
  try {
    return localStorage.getItem(`posecraft.${key}`)
  } catch {
    return null
  }
}

export function writePreference(key: string, value: string | null) {
  try {
    if (value === null) localStorage.removeItem(`posecraft.${key}`)
    else localStorage.setItem(`posecraft.${key}`, value)
  } catch {
    // In private mode the choice lasts until the page is closed.
  }
}
