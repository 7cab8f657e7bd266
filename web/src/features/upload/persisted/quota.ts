const MAX_BYTES = 2_000_000_000
/** The share of the storage still free that may be taken. */
const MAX_SHARE = 0.6

/** How many bytes may be stored, when so many are stored already. */
export async function spaceLeft(stored: number): Promise<number> {
  try {
    const { quota = MAX_BYTES, usage = 0 } = await navigator.storage.estimate()
    return Math.min(MAX_BYTES - stored, (quota - usage) * MAX_SHARE)
  } catch {
    return MAX_BYTES - stored // Browsers give no estimate over plain http; then writing fails if there is no space.
  }
}
