import type { Image } from '@/lib/api/types'
import { useTexts } from '@/lib/i18n'
import styles from './cells.module.css'
import { nameOf } from '@/lib/naming'

interface Props {
  image: Image
  selected: boolean
  tabIndex: number
  onPick: (id: number, range: boolean) => void
}

export function SelectCell({ image, selected, tabIndex, onPick }: Props) {
  const texts = useTexts()
  return (
    <label className={styles['select']}>
      <input
        type="checkbox"
        aria-label={texts.select.one(nameOf(image))}
        checked={selected}
        tabIndex={tabIndex}
        onChange={({ nativeEvent }) =>
          onPick(image.id, nativeEvent instanceof MouseEvent && nativeEvent.shiftKey)
        }
      />
    </label>
  )
}
