import { Button } from '@/components/ui/Button'
import { useChangeView } from '@/lib/view'
import { useTexts } from '@/lib/i18n'
import { type Queue, skipped } from './queue'
import { Rates } from './Rates'
import styles from './ReviewEnd.module.css'

interface Props {
  batch: string
  queue: Queue
  onReview: (id: number) => void
}

/** Shown when no image is waiting, except those that were skipped. */
export function ReviewEnd({ batch, queue, onReview }: Props) {
  const texts = useTexts()
  const changeView = useChangeView()
  const text = texts.review.end
  const passed = skipped(queue)
  const [first] = passed
  return (
    <div className={styles['end']}>
      <div className={styles['words']} role="status">
        <h3 className={styles['title']}>{text.title}</h3>
        <p>{queue.decided.size > 0 ? text.sitting(queue.decided.size) : text.text}</p>
        {first !== undefined && <p>{text.skipped(passed.length)}</p>}
      </div>
      <div className={styles['buttons']}>
        {first !== undefined && (
          <Button look="primary" onClick={() => onReview(first)}>
            {text.again}
          </Button>
        )}
        <Button onClick={() => changeView({ review: false })}>{texts.review.close}</Button>
      </div>
      <Rates batch={batch} />
    </div>
  )
}
