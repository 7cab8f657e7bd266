import { ApiError, errorText } from '@/lib/api/error'
import type { Ui } from '@/lib/ui'

const LIFE_MS = 20_000

interface Options {
  look: () => void
  retry: () => void
}

/** Says that a decision was not saved. If somebody else changed the image, it offers to look at it again;
 * otherwise it offers to send the decision again. */
export function reportFailure(ui: Ui, name: string, error: unknown, { look, retry }: Options) {
  const text = ui.texts.review
  const changed = error instanceof ApiError && error.code === 'changed_meanwhile'
  ui.notify('error', changed ? text.changed(name) : text.failed(name, errorText(error, ui.texts)), {
    lifeMs: LIFE_MS,
    action: changed ? { label: text.look, run: look } : { label: text.retry, run: retry },
  })
}
