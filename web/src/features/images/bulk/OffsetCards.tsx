import { CroppedImage } from '@/components/ui/CroppedImage'
import type { OffsetAnswer } from '@/lib/api/types'
import { boxOf } from '@/lib/box'
import { useTexts } from '@/lib/i18n'
import styles from './OffsetDialog.module.css'

/** Each image's crop before and after. */
export function OffsetCards({ changed }: { changed: OffsetAnswer['changed'] }) {
  const texts = useTexts()
  const text = texts.correct.batch
  return (
    <ul className={styles['cards']}>
      {changed.map(({ id, name, original, thumbnail, width, height, planned, box }) => {
        const src = thumbnail ?? original ?? ''
        const crop = { src, photo: { width, height }, maxRem: 7, lazy: true }
        return (
          <li key={id}>
            <figure>
              <CroppedImage {...crop} box={boxOf(planned)} alt={text.before(name)} />
              <CroppedImage {...crop} box={boxOf(box)} alt={text.after(name)} />
            </figure>
            <span className={styles['name']}>{name}</span>
          </li>
        )
      })}
    </ul>
  )
}
