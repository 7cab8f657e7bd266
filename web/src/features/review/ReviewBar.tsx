import { Button, IconButton } from '@/components/ui/Button'
import { Progress } from '@/components/ui/Progress'
import { useChangeView } from '@/lib/view'
import { useTexts } from '@/lib/i18n'
import styles from './ReviewBar.module.css'

interface Props {
  batch: string
  done: number
  left: number
  rates: boolean
  onRates: () => void
}

export function ReviewBar({ batch, done, left, rates, onRates }: Props) {
  const texts = useTexts()
  const changeView = useChangeView()
  const text = texts.review
  return (
    <div className={styles['bar']}>
      <h2 className={styles['title']}>{text.title}</h2>
      {batch && (
        <span className={styles['batch']}>
          <span>{text.inBatch(batch)}</span>
          <IconButton
            icon="close"
            label={text.allBatches}
            onClick={() => changeView({ batch: '' })}
          />
        </span>
      )}
      <div className={styles['progress']}>
        <span className={styles['figures']}>{text.done(done, left)}</span>
        <Progress label={text.progress} value={done + left > 0 ? done / (done + left) : 1} />
      </div>
      <Button look="quiet" aria-pressed={rates} onClick={onRates}>
        {text.rates.open}
      </Button>
      <IconButton icon="close" label={text.close} onClick={() => changeView({ review: false })} />
    </div>
  )
}
