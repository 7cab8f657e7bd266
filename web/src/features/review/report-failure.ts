import { ApiError, errorText } from '@/lib/api/error'
import { notify } from '@/lib/snackbars'
import { texts } from '@/lib/i18n'

const LIFE_MS = 20_000

interface Ways {
  look: () => void
  retry: () => void
}

/** Tells that a verdict was not taken, and offers what fits: to look again at what somebody changed
 * meanwhile, else to send it again. */
export function reportFailure(name: string, error: unknown, { look, retry }: Ways) {
  const text = texts.review
  const changed = error instanceof ApiError && error.code === 'changed_meanwhile'
  notify('error', changed ? text.changed(name) : text.failed(name, errorText(error)), {
    lifeMs: LIFE_MS,
    action: changed ? { label: text.look, run: look } : { label: text.retry, run: retry },
  })
}
