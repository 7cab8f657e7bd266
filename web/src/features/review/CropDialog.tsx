import { useState } from 'react'
import { Dialog } from '@/components/ui/Dialog'
import { CropEditor } from '@/features/correct'
import { applyChange, nameOf, titleOf } from '@/features/images'
import type { ImageDetail } from '@/lib/api/types'

interface Props {
  image: ImageDetail
  /** Of the shot that comes first. */
  label: string
  onClose: () => void
}

/** Correcting in the middle of reviewing: the same editor, over it. */
export function CropDialog({ image, label: first, onClose }: Props) {
  const [label, setLabel] = useState(first)
  const shot = image.shots.find((one) => one.label === label)
  return (
    <Dialog wide title={nameOf(image)} onClose={onClose}>
      {shot && (
        <CropEditor
          key={label}
          image={image}
          shot={shot}
          titleOf={titleOf}
          onPick={setLabel}
          onDone={onClose}
          onImage={(answer) => applyChange({ images: [answer], removed: [] })}
        />
      )}
    </Dialog>
  )
}
