import { editImage } from '@/lib/api/edit-image'
import type { ImageDetail } from '@/lib/api/types'
import { type Box, listOf } from '@/lib/box'
import { changedImage } from '@/lib/image-change'
import { nameOf, titleOf } from '@/lib/naming'
import type { Services } from '@/lib/services'

const UNDO_MS = 12_000

interface Task {
  image: ImageDetail
  shot: { label: string; title: string }
  /** null: the planned box again. */
  box: Box | null
}

/** Saves the box of a shot; it can be undone as long as the page is open. False when the server did not accept it. */
export async function saveBox(
  { ui, applyChange }: Pick<Services, 'ui' | 'applyChange'>,
  { image, shot, box }: Task,
): Promise<boolean> {
  const { texts } = ui
  const { label } = shot
  const title = titleOf(shot, texts)
  const before = image.edits?.boxes?.[label]?.box ?? null
  const put = async (to: number[] | null) =>
    applyChange(changedImage(await editImage(image.id, { boxes: { [label]: to } })))
  const fail = (error: unknown) => ui.notifyFailure(title, error)
  try {
    await put(box && listOf(box))
  } catch (error) {
    fail(error)
    return false
  }
  const undo = async () => {
    await put(before)
    ui.notify('success', texts.correct.undone(nameOf(image), title))
  }
  ui.notify('success', box ? texts.correct.saved(title) : texts.correct.back(title), {
    lifeMs: UNDO_MS,
    action: { label: texts.undo, undoes: 'always', run: () => void undo().catch(fail) },
  })
  return true
}
