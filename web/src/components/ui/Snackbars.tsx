import { type RefObject, useEffect, useRef, useState } from 'react'
import { createPortal } from 'react-dom'
import { useServices } from '@/lib/services'
import type { Snackbar } from '@/lib/snackbars'
import { useStore } from '@/lib/store'
import { useTexts } from '@/lib/i18n'
import { Button, IconButton } from './Button'
import { Icon } from './Icon'
import { Progress } from './Progress'
import styles from './Snackbars.module.css'
import { useTopDialog } from './top-layer'

const AT_ONCE = 3
const ITEMS = 5
const icons = { info: 'info', success: 'check', error: 'alert' } as const

/** Shows a few notifications at a time. The region is always in the page, because screen readers announce
 * only what is added to an existing one. */
export function Snackbars() {
  const texts = useTexts()
  const bars = useStore(useServices().snackbars.store)
  const dialog = useTopDialog()
  const ref = useRef<HTMLElement>(null)
  useRoomBelow(ref, dialog)
  const region = (
    <section ref={ref} className={styles['region']} aria-label={texts.notices}>
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

/** Makes the page longer by what the notifications cover, so that its end can be scrolled above them. */
function useRoomBelow(ref: RefObject<HTMLElement | null>, dialog: HTMLElement | null) {
  useEffect(() => {
    const region = ref.current
    if (!region) return
    const { style } = document.documentElement
    const measure = () => {
      if (region.offsetHeight === 0) style.removeProperty('--notices')
      else style.setProperty('--notices', `${region.offsetHeight + 16}px`)
    }
    const observer = new ResizeObserver(measure)
    observer.observe(region)
    return () => observer.disconnect()
  }, [ref, dialog]) // In a dialog it is another element.
}

function Bar({ bar }: { bar: Snackbar }) {
  const texts = useTexts()
  const { snackbars } = useServices()
  const [held, setHeld] = useState(false)
  const [whole, setWhole] = useState(false)
  useEffect(() => {
    if (held || bar.lifeMs === null) return
    const timer = setTimeout(() => snackbars.dismiss(bar.id), bar.lifeMs)
    return () => clearTimeout(timer)
  }, [snackbars, bar.id, bar.lifeMs, held])

  const { action } = bar
  const hidden = whole ? 0 : bar.items.length - ITEMS
  return (
    // The pointer or the focus only keeps the notification from disappearing.
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
          // A list that scrolls must be in reach of the keyboard.
          <ul className={styles['items']} {...(whole ? { tabIndex: 0 } : {})}>
            {(whole ? bar.items : bar.items.slice(0, ITEMS)).map((item, at) => (
              <li key={`${at} ${item}`}>{item}</li>
            ))}
          </ul>
        )}
        {hidden > 0 && (
          <button type="button" className={styles['whole']} onClick={() => setWhole(true)}>
            {texts.andMore(hidden)}
          </button>
        )}
      </div>
      {action && (
        <Button
          className={styles['action']}
          look="quiet"
          onClick={() => {
            action.run()
            snackbars.dismiss(bar.id)
          }}
        >
          {action.label}
        </Button>
      )}
      <IconButton
        className={styles['close']}
        icon="close"
        label={texts.dismiss}
        onClick={() => snackbars.dismiss(bar.id)}
      />
    </li>
  )
}
