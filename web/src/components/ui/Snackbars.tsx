import { useEffect, useState } from 'react'
import { createPortal } from 'react-dom'
import { dismiss, type Snackbar, useSnackbars } from '@/lib/snackbars'
import { texts } from '@/lib/i18n'
import { Button, IconButton } from './Button'
import { Icon } from './Icon'
import { Progress } from './Progress'
import styles from './Snackbars.module.css'
import { useTopLayer } from './top-layer'

const AT_ONCE = 3
const ITEMS = 5
const icons = { info: 'info', success: 'check', error: 'alert' } as const

/** Later ones wait until there is room. The region stands in the page from the start, so that screen
 * readers hear what comes into it. */
export function Snackbars() {
  const bars = useSnackbars()
  const dialog = useTopLayer()
  const region = (
    <section className={styles['region']} aria-label={texts.notices}>
      <ol className={styles['list']} aria-live="polite" aria-relevant="additions">
        {bars.slice(0, AT_ONCE).map((bar) => (
          <Bar key={bar.id} bar={bar} />
        ))}
      </ol>
      {bars.length > AT_ONCE && (
        <p className={styles['more']}>{texts.andMore(bars.length - AT_ONCE)}</p>
      )}
    </section>
  )
  return dialog ? createPortal(region, dialog) : region
}

function Bar({ bar }: { bar: Snackbar }) {
  const [held, setHeld] = useState(false)
  useEffect(() => {
    if (held || bar.lifeMs === null) return
    const timer = setTimeout(() => dismiss(bar.id), bar.lifeMs)
    return () => clearTimeout(timer)
  }, [bar.id, bar.lifeMs, held])

  const { action } = bar
  const hidden = bar.items.length - ITEMS
  return (
    // Pointing at it or having the focus in it only keeps it longer.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <li
      className={[styles['bar'], styles[bar.tone]].join(' ')}
      onMouseEnter={() => setHeld(true)}
      onMouseLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <span className={styles['icon']}>
        <Icon name={icons[bar.tone]} />
      </span>
      <div className={styles['body']}>
        <p className={styles['text']}>{bar.text}</p>
        {bar.progress !== undefined && <Progress label={bar.text} value={bar.progress} />}
        {bar.items.length > 0 && (
          <ul className={styles['items']}>
            {bar.items.slice(0, ITEMS).map((item) => (
              <li key={item}>{item}</li>
            ))}
            {hidden > 0 && <li>{texts.andMore(hidden)}</li>}
          </ul>
        )}
      </div>
      {action && (
        <Button
          className={styles['action']}
          look="quiet"
          onClick={() => {
            action.run()
            dismiss(bar.id)
          }}
        >
          {action.label}
        </Button>
      )}
      <IconButton
        className={styles['close']}
        icon="close"
        label={texts.dismiss}
        onClick={() => dismiss(bar.id)}
      />
    </li>
  )
}
