import { useState } from 'react'
import { Dialog } from '@/components/ui/Dialog'
import { CropEditor } from '@/components/crop-editor'
import { nameOf } from '@/lib/naming'
import type { ImageDetail } from '@/lib/api/types'

interface Props {
  image: ImageDetail
  /** The label of the shot to start with. */
  label: string
  onClose: () => void
}

/** The crop editor in a dialog above the review. */
export function CropDialog({ image, label: first, onClose }: Props) {
  const [label, setLabel] = useState(first)
  const shot = image.shots.find((one) => one.label === label)
  return (
    <Dialog wide title={nameOf(image)} onClose={onClose}>
      {shot && (
        <CropEditor key={label} image={image} shot={shot} onPick={setLabel} onDone={onClose} />
      )}
    </Dialog>
  )
}
