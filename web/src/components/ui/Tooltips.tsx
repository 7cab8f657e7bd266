import { useEffect, useRef, useState } from 'react'
import styles from './Tooltips.module.css'

interface Tip {
  text: string
  box: DOMRect
}

const WAIT_MS = 350
const GAP = 8

const holder = (target: EventTarget | null) =>
  target instanceof Element ? target.closest<HTMLElement>('[data-tip]') : null

/** Shows the data-tip of any element on hover and on keyboard focus. The text is always part of the element's
 * own name or content too, so the tooltip is hidden from screen readers. */
export function Tooltips() {
  const [tip, setTip] = useState<Tip | null>(null)
  const ref = useRef<HTMLDivElement>(null)

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const hide = () => {
      clearTimeout(timer)
      setTip(null)
    }
    const show = (target: EventTarget | null, waitMs: number) => {
      clearTimeout(timer)
      const element = holder(target)
      const text = element?.dataset['tip']
      if (!element || !text) return hide()
      timer = setTimeout(() => {
        if (element.isConnected) setTip({ text, box: element.getBoundingClientRect() })
      }, waitMs)
    }
    const over = (event: Event) => show(event.target, WAIT_MS)
    const focus = (event: Event) => {
      if (event.target instanceof Element && event.target.matches(':focus-visible'))
        show(event.target, 0)
    }
    const key = (event: KeyboardEvent) => event.key === 'Escape' && hide()
    document.addEventListener('mouseover', over)
    document.addEventListener('focusin', focus)
    document.addEventListener('focusout', hide)
    document.addEventListener('pointerdown', hide)
    document.addEventListener('keydown', key)
    document.addEventListener('scroll', hide, true)
    return () => {
      hide()
      document.removeEventListener('mouseover', over)
      document.removeEventListener('focusin', focus)
      document.removeEventListener('focusout', hide)
      document.removeEventListener('pointerdown', hide)
      document.removeEventListener('keydown', key)
      document.removeEventListener('scroll', hide, true)
    }
  }, [])

  useEffect(() => {
    const layer = ref.current
    if (!layer || !tip) return
    layer.showPopover?.()
    const own = layer.getBoundingClientRect()
    const below = tip.box.bottom + GAP
    const fits = below + own.height < window.innerHeight - GAP
    const centre = tip.box.left + tip.box.width / 2 - own.width / 2
    layer.style.top = `${fits ? below : tip.box.top - GAP - own.height}px`
    layer.style.left = `${Math.max(GAP, Math.min(centre, window.innerWidth - own.width - GAP))}px`
  }, [tip])

  if (!tip) return null
  return (
    <div ref={ref} popover="manual" className={styles['tip']} aria-hidden="true">
      {tip.text}
    </div>
  )
}
