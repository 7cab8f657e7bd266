import { useState } from 'react'
import type { Box, Size } from '@/lib/box'
import styles from './CroppedImage.module.css'

interface Props {
  src: string
  /** In place of src where the browser cannot show its format. */
  spare?: string | undefined
  /** Of the upright picture that the box is measured in. */
  photo: Size
  box: Box
  alt: string
  /** No higher than so many rem; else as wide as its place. */
  maxRem?: number
  className?: string | undefined
  lazy?: boolean
}

const percent = (share: number) => `${share * 100}%`

/** A part of a picture, by style alone: seen at once, without a way to the server. */
export function CroppedImage({
  src,
  spare,
  photo,
  box,
  alt,
  maxRem,
  className,
  lazy = false,
}: Props) {
  const [broken, setBroken] = useState<string | null>(null)
  const { x, y, w, h } = box
  return (
    <span
      className={[styles['crop'], className].filter(Boolean).join(' ')}
      role={alt ? 'img' : undefined}
      aria-label={alt || undefined}
      style={{
        aspectRatio: `${w} / ${h}`,
        width: maxRem === undefined ? '100%' : `min(100%, ${(maxRem * w) / h}rem)`,
      }}
    >
      <img
        src={broken === src && spare ? spare : src}
        alt=""
        draggable={false}
        loading={lazy ? 'lazy' : 'eager'}
        onError={() => setBroken(src)}
        style={{
          width: percent(photo.width / w),
          height: percent(photo.height / h),
          left: percent(-x / w),
          top: percent(-y / h),
        }}
      />
    </span>
  )
}
