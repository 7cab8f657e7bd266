import { errorText } from '@/lib/api/error'
import type { ReviewRates } from '@/lib/api/types'
import { titleOf } from '@/lib/naming'
import { useTexts } from '@/lib/i18n'
import { useRates } from './api/review-rates'
import styles from './Rates.module.css'
import { rejectionText } from './reasons'

/** For each recipe: how often its shots were accepted at the first review. */
export function Rates({ batch }: { batch: string }) {
  const texts = useTexts()
  const { data, error } = useRates(batch)
  const text = texts.review.rates
  return (
    <section className={styles['rates']} aria-label={text.title}>
      <h3 className={styles['title']}>{text.title}</h3>
      {error && !data && <p role="alert">{errorText(error, texts)}</p>}
      {data && (
        <p className={styles['note']}>{data.images > 0 ? text.images(data.images) : text.none}</p>
      )}
      <dl className={styles['list']}>
        {data?.recipes
          .filter(({ reviewed }) => reviewed > 0)
          .map((recipe) => (
            <Rate key={recipe.label} recipe={recipe} />
          ))}
      </dl>
    </section>
  )
}

function Rate({ recipe }: { recipe: ReviewRates['recipes'][number] }) {
  const texts = useTexts()
  const { title, rate, first, reviewed, reasons = {} } = recipe
  const [most] = Object.entries(reasons).sort(([, a], [, b]) => b - a)
  const text = texts.review.rates
  return (
    <div>
      <dt>{titleOf({ title }, texts)}</dt>
      <dd>
        <span className={styles['figure']}>{texts.detail.percent(rate)}</span>
        <span className={styles['bar']} aria-hidden="true">
          <span style={{ width: `${rate * 100}%` }} />
        </span>
        <span className={styles['note']}>
          {text.of(first, reviewed)}
          {most && most[0] && `, ${text.most(rejectionText(most[0], texts), most[1])}`}
        </span>
      </dd>
    </div>
  )
}
