import { useMemo, useState } from 'react'
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
  const [set, setBox] = useState<Box | null>(null)
  const exact = useMemo(() => set ?? start, [set, start])
  return {
    box: rounded(exact, frame),
    setBox: (box: Box) => setBox(sameBox(box, start) ? null : box),
    frame,
    start,
    planned: plannedList ? within(plannedList) : null,
  }
}

const ratioOf = ({ w, h }: Box) => (w > 0 && h > 0 ? w / h : null)
