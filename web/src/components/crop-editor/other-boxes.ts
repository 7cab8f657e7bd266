import type { ImageDetail, Shot } from '@/lib/api/types'
import { boxOf } from '@/lib/box'
import type { Texts } from '@/lib/i18n'
import { titleOf } from '@/lib/naming'
import type { OtherBox } from './CropStage'

/** The boxes of the other shots, large ones first, so that small ones lie on top and can be clicked. */
export const otherBoxes = (image: ImageDetail, shot: Shot, texts: Texts): OtherBox[] =>
  image.shots
    .flatMap((one) =>
      one.box && one.label !== shot.label
        ? [{ label: one.label, title: titleOf(one, texts), box: boxOf(one.box) }]
        : [],
    )
    .sort((a, b) => b.box.w * b.box.h - a.box.w * a.box.h)
