import { editImage, undoEdit } from './api/edit-image'
import type { ImageDetail } from './api/types'
import { changedImage } from './image-change'
import { nameOf } from './naming'
import type { Services } from './services'

const UNDO_MS = 12_000

/** Makes the shots show this person from now on; null lets the recipe choose. It can be undone as long as the page is
 * open. */
export async function choosePerson(
  { ui, applyChange }: Pick<Services, 'ui' | 'applyChange'>,
  image: ImageDetail,
  person: number | null,
) {
  const before = image.edits?.person ?? null
  const fail = (error: unknown) => ui.notifyFailure(nameOf(image), error)
  try {
    applyChange(changedImage(await editImage(image.id, { person })))
  } catch (error) {
    fail(error)
    return
  }
  const text = ui.texts.correct.person
  const undo = async () => {
    const isAsSaved = ({ edits }: ImageDetail) => (edits?.person ?? null) === person
    applyChange(changedImage(await undoEdit(image.id, { person: before }, isAsSaved)))
    ui.notify('success', text.undone(nameOf(image)))
  }
  ui.notify('success', person === null ? text.recipe : text.used(person + 1), {
    lifeMs: UNDO_MS,
    action: { label: ui.texts.undo, undoes: 'always', run: () => undo().catch(fail) },
  })
}
