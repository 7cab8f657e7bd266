import { errorText } from '@/lib/api/error'
import type { ReviewRates } from '@/lib/api/types'
import { titleOf } from '@/features/images'
import { texts } from '@/lib/i18n'
import { useRates } from './api/review-rates'
import styles from './Rates.module.css'
import { reasonWords } from './reasons'

/** How often the shots of each recipe were right at the first look. */
export function Rates({ batch }: { batch: string }) {
  const { data, error } = useRates(batch)
  const text = texts.review.rates
  return (
    <section className={styles['rates']} aria-label={text.title}>
      <h3 className={styles['title']}>{text.title}</h3>
      {error && !data && <p role="alert">{errorText(error)}</p>}
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
  const { title, rate, first, reviewed, reasons = {} } = recipe
  const [most] = Object.entries(reasons).sort(([, a], [, b]) => b - a)
  const text = texts.review.rates
  return (
    <div>
      <dt>{titleOf({ title })}</dt>
      <dd>
        <span className={styles['figure']}>{texts.detail.percent(rate)}</span>
        <span className={styles['bar']} aria-hidden="true">
          <span style={{ width: `${rate * 100}%` }} />
        </span>
        <span className={styles['note']}>
          {text.of(first, reviewed)}
          {most && most[0] && `, ${text.most(reasonWords(most[0]), most[1])}`}
        </span>
      </dd>
    </div>
  )
}
