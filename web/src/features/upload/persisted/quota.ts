const MOST = 2_000_000_000
/** Of what the browser says that is left. */
const SHARE = 0.6

/** Whether a file of so many bytes may be kept beside those that are. */
export async function fitsQuota(bytes: number, kept: number): Promise<boolean> {
  if (kept + bytes > MOST) return false
  try {
    const { quota = MOST, usage = 0 } = await navigator.storage.estimate()
    return bytes <= (quota - usage) * SHARE
  } catch {
    return true // Over plain http browsers do not say; what does not fit is refused when it is written.
  }
}
