import type { ImageDetail, Shot } from '@/lib/api/types'
import { boxOf } from '@/lib/box'
import type { OtherBox } from './CropStage'

/** The boxes of the other shots, large ones first: the small lie above them and can be hit. */
export const otherBoxes = (
  image: ImageDetail,
  shot: Shot,
  titleOf: (shot: Shot) => string,
): OtherBox[] =>
  image.shots
    .flatMap((one) =>
      one.box && one.label !== shot.label
        ? [{ label: one.label, title: titleOf(one), box: boxOf(one.box) }]
        : [],
    )
    .sort((a, b) => b.box.w * b.box.h - a.box.w * a.box.h)
