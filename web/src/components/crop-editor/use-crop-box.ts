import { useMemo, useRef, useState } from 'react'
import { usePlan } from '@/lib/api/plan-image'
import type { ImageDetail, Shot } from '@/lib/api/types'
import { type Box, boxOf, sameBox } from '@/lib/box'
import { useKnownRecipes } from '@/lib/api/get-recipes'
import { firstBox, type Frame, FREE, rounded, scale } from './geometry'
import { shapeOf } from './shape'

/** The box that is being edited in whole pixels, with the box it started from and the planned one. */
export function useCropBox(image: ImageDetail, shot: Shot) {
  const { width = 1, height = 1 } = image
  const { label } = shot
  const recipes = useKnownRecipes()
  const { data: plan } = usePlan(image, { boxes: { [label]: null } })
  const plannedList = plan?.shots.find((one) => one.label === label)?.box
  const known = shot.box ?? plannedList

  const frame = useMemo<Frame>(() => {
    const ratio = known ? ratioOf(boxOf(known)) : null
    const shape = shapeOf(label, recipes ?? []) ?? (ratio ? { min: ratio, max: ratio } : FREE)
    return { photo: { width, height }, shape }
  }, [width, height, label, recipes, known])

  const within = (list: readonly number[]) => rounded(scale(boxOf(list), 1, frame), frame)
  const start = known ? within(known) : firstBox(frame)
  const { box: set, put, undo } = useSteps()
  const exact = useMemo(() => set ?? start, [set, start])
  return {
    box: rounded(exact, frame),
    setBox: (box: Box, drag?: object) => put(sameBox(box, start) ? null : box, drag),
    undo,
    frame,
    start,
    planned: plannedList ? within(plannedList) : null,
  }
}

const ratioOf = ({ w, h }: Box) => (w > 0 && h > 0 ? w / h : null)

/** The box with its earlier values. null is the box that editing started from. Changes of the same drag are one step. */
function useSteps() {
  const [box, setBox] = useState<Box | null>(null)
  const past = useRef<{ box: Box | null; drag: object | undefined }[]>([])
  const put = (next: Box | null, drag?: object) => {
    const unchanged = next === box || (next && box && sameBox(next, box))
    if (unchanged) return
    if (!drag || past.current.at(-1)?.drag !== drag) past.current.push({ box, drag })
    setBox(next)
  }
  const undo = () => {
    const last = past.current.pop()
    if (last) setBox(last.box)
  }
  return { box, put, undo }
}
