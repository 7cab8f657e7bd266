import type { Image } from '@/lib/api/types'

/** An image for tests, with defaults for everything that is not given. */
export function anImage(part: Partial<Image> = {}): Image {
  const id = part.id ?? 1
  return {
    id,
    seq: id,
    url: `https://a.test/${id}.jpg`,
    name: `${id}.jpg`,
    status: 'pending',
    stage: 'queued',
    progress: 0,
    attention: [],
    shots: [],
    createdAt: '2026-01-01T00:00:00Z',
    updatedAt: '2026-01-01T00:00:00Z',
    ...part,
  }
}
