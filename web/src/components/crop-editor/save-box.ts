import { editImage, undoEdit } from '@/lib/api/edit-image'
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
  const savedIn = ({ edits }: ImageDetail) => edits?.boxes?.[label]?.box ?? null
  const before = savedIn(image)
  let saved: ImageDetail
  const fail = (error: unknown) => ui.notifyFailure(title, error)
  try {
    saved = await editImage(image.id, { boxes: { [label]: box && listOf(box) } })
    applyChange(changedImage(saved))
  } catch (error) {
    fail(error)
    return false
  }
  const undo = async () => {
    const mine = String(savedIn(saved))
    const back = { boxes: { [label]: before } }
    applyChange(
      changedImage(await undoEdit(image.id, back, (now) => String(savedIn(now)) === mine)),
    )
    ui.notify('success', texts.correct.undone(nameOf(image), title))
  }
  ui.notify('success', box ? texts.correct.saved(title) : texts.correct.back(title), {
    lifeMs: UNDO_MS,
    action: { label: texts.undo, undoes: 'always', run: () => undo().catch(fail) },
  })
  return true
}
