/** What this browser remembers of the user's choices; without storage nothing breaks. */
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
    // Private mode: the choice holds until the page is closed.
  }
}
