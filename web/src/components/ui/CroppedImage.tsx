import { useState } from 'react'
import type { Box, Size } from '@/lib/box'
import styles from './CroppedImage.module.css'

interface Props {
  src: string
  /** Used instead of src if the browser cannot show its format. */
  fallback?: string | undefined
  /** The size of the upright image that the box is measured in. */
  photo: Size
  box: Box
  alt: string
  /** The maximum height in rem; absent: the image fills the width. */
  maxRem?: number
  className?: string | undefined
  lazy?: boolean
}

const percent = (share: number) => `${share * 100}%`

/** Shows a part of an image by CSS alone, so that it appears without a request to the server. */
export function CroppedImage({
  src,
  fallback,
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
        src={broken === src && fallback ? fallback : src}
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
