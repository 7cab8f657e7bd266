import { useRef, useState } from 'react'
import type { Box, Size } from '@/lib/box'
import { useTexts } from '@/lib/i18n'
import { byKey } from './box-keys'
import { CropFrame } from './CropFrame'
import styles from './CropStage.module.css'
import type { Frame } from './geometry'
import { useFit } from './use-fit'

export interface OtherBox {
  label: string
  title: string
  box: Box
}

interface Props {
  src: string
  fallback?: string | undefined
  frame: Frame
  title: string
  box: Box
  onBox: (box: Box, drag?: object) => void
  /** The boxes of the other shots; a click on one edits that shot. */
  others: readonly OtherBox[]
  onPick: (label: string) => void
}

const place = ({ x, y, w, h }: Box, { width, height }: Size) => ({
  left: `${(x / width) * 100}%`,
  top: `${(y / height) * 100}%`,
  width: `${(w / width) * 100}%`,
  height: `${(h / height) * 100}%`,
})

/** The photo, darkened outside the crop, with the frame to drag. */
export function CropStage({ src, fallback, frame, title, box, onBox, others, onPick }: Props) {
  const texts = useTexts()
  const stage = useRef<HTMLDivElement>(null)
  const { photo } = frame
  const fit = useFit(stage, photo)
  const [broken, setBroken] = useState(false)
  /** Image pixels per screen pixel. */
  const pixel = fit ? photo.width / fit.width : 1
  return (
    <div className={styles['stage']}>
      <div ref={stage} className={styles['room']}>
        {fit && (
          <div className={styles['photo']} style={fit}>
            <div className={styles['shaded']}>
              <img
                src={broken && fallback ? fallback : src}
                alt=""
                draggable={false}
                onError={() => setBroken(true)}
              />
              <div className={styles['light']} style={place(box, photo)} />
            </div>
            {others.map((other) => (
              <button
                key={other.label}
                type="button"
                tabIndex={-1}
                className={styles['other']}
                style={place(other.box, photo)}
                aria-label={texts.correct.goOn(other.title)}
                onClick={() => onPick(other.label)}
              >
                <span>{other.title}</span>
              </button>
            ))}
            <CropFrame
              title={title}
              box={box}
              frame={frame}
              pixel={pixel}
              style={place(box, photo)}
              onBox={onBox}
              onKey={(event) => {
                if (event.key === 'Enter') {
                  event.preventDefault()
                  event.currentTarget.closest('form')?.requestSubmit()
                }
                const next = byKey(box, event, pixel, frame)
                if (!next) return
                event.preventDefault()
                event.stopPropagation()
                onBox(next)
              }}
            />
          </div>
        )}
      </div>
    </div>
  )
}
