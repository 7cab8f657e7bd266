const MAX_BYTES = 2_000_000_000
/** The share of the storage still free that one file may take. */
const MAX_SHARE = 0.6

/** Whether a file of this size may be stored, when so many bytes are stored already. */
export async function fitsQuota(bytes: number, stored: number): Promise<boolean> {
  if (stored + bytes > MAX_BYTES) return false
  try {
    const { quota = MAX_BYTES, usage = 0 } = await navigator.storage.estimate()
    return bytes <= (quota - usage) * MAX_SHARE
  } catch {
    return true // Browsers give no estimate over plain http; then writing fails if there is no space.
  }
}
