import { useState } from 'react'
import { IconButton } from '@/components/ui/Button'
import { useTexts } from '@/lib/i18n'
import { changes, compare } from './compare'
import styles from './Preview.module.css'
import { PreviewImage } from './PreviewImage'
import { type FindSampleImages, type SampleImages, useSampleImages } from './sample-images'
import { usePlans } from './use-plans'

interface Props {
  find: FindSampleImages
  /** The text if it has no problems. */
  good: string | null
}

const noSample: SampleImages = { of: 'newest', images: [] }

/** Shows what the edited recipes would do to real images, before they are saved. */
export function Preview({ find, good }: Props) {
  const texts = useTexts()
  const text = texts.recipes.preview
  const { data: sample = noSample, isFetching, refetch } = useSampleImages(find)
  const [last, setLast] = useState(good)
  if (good !== null && good !== last) setLast(good)
  const { planning, planned } = usePlans(sample.images, good ?? last)
  const [onlyChanges, setOnlyChanges] = useState(true)
  const rows = planned.map(({ image, plan, failed }) => {
    const pairs = plan ? compare(image, plan) : []
    return { image, pairs, failed, changes: changes(pairs), ready: plan !== null || failed }
  })
  const changed = rows.filter((row) => row.changes).length
  const status = () => {
    if (isFetching || (planning && rows.some(({ ready }) => !ready))) return text.planning
    if (rows.length === 0) return text.empty
    if (good === null) return text.waits
    return changed === 0 ? text.same : text.changes(changed, rows.length)
  }
  const shown = rows.filter((row) => row.failed || row.changes || !onlyChanges)

  return (
    <section className={styles['preview']} aria-labelledby="recipes-preview">
      <header className={styles['head']}>
        <h3 id="recipes-preview">{text.title}</h3>
        <span className={styles['of']}>{rows.length > 0 && text.of[sample.of](rows.length)}</span>
        <IconButton icon="retry" label={text.again} onClick={() => void refetch()} />
      </header>
      <p role="status">{status()}</p>
      {rows.length > 0 && (
        <label className={styles['only']}>
          <input
            type="checkbox"
            checked={onlyChanges}
            onChange={({ target }) => setOnlyChanges(target.checked)}
          />
          {text.onlyChanges}
        </label>
      )}
      <div className={styles['rows']} data-stale={good === null || planning || undefined}>
        {shown.map(({ image, pairs, failed }) => (
          <PreviewImage
            key={image.id}
            image={image}
            pairs={onlyChanges ? pairs.filter(({ kind }) => kind !== 'same') : pairs}
            failed={failed}
          />
        ))}
      </div>
    </section>
  )
}
