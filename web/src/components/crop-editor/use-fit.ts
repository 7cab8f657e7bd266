import { type RefObject, useEffect, useState } from 'react'
import type { Size } from '@/lib/box'

/** The size at which the photo fits into the element; null until the element is measured. */
export function useFit(place: RefObject<HTMLElement | null>, photo: Size): Size | null {
  const [room, setRoom] = useState<Size | null>(null)
  useEffect(() => {
    const element = place.current
    if (!element) return
    const measure = () => setRoom({ width: element.clientWidth, height: element.clientHeight })
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [place])
  if (!room || photo.width <= 0 || photo.height <= 0) return null
  const scale = Math.min(room.width / photo.width, room.height / photo.height)
  return { width: photo.width * scale, height: photo.height * scale }
}
