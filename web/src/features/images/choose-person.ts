import { editImage } from '@/lib/api/edit-image'
import { errorText } from '@/lib/api/error'
import type { ImageDetail } from '@/lib/api/types'
import { notify } from '@/lib/snackbars'
import { texts } from '@/lib/i18n'
import { applyChange } from './live/feed'
import { nameOf } from './naming'

const UNDO_MS = 12_000

/** The shots show this person from now on; null: whom the recipe chooses. It can be undone. */
export async function choosePerson(image: ImageDetail, person: number | null) {
  const text = texts.correct.person
  const before = image.edits?.person ?? null
  const put = async (to: number | null) =>
    applyChange({ images: [await editImage(image.id, { person: to })], removed: [] })
  const fail = (error: unknown) =>
    void notify('error', texts.actions.failed(nameOf(image), errorText(error)))
  try {
    await put(person)
  } catch (error) {
    fail(error)
    return
  }
  notify('success', person === null ? text.recipe : text.used(person + 1), {
    lifeMs: UNDO_MS,
    action: { label: texts.undo, run: () => void put(before).catch(fail) },
  })
}
