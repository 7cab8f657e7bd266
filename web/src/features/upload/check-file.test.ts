import { describe, expect, it } from 'vitest'
import { localeOf } from '@/lib/i18n'
import { checkFile } from './check-file'

const limits = { maxUploadBytes: 100, maxPixels: 1, maxBatch: 1, formats: ['jpeg', 'image/png'] }
const jpeg = (size: number) => {
  const bytes = new Uint8Array(size)
  bytes.set([0xff, 0xd8, 0xff])
  return new Blob([bytes])
}

describe('checkFile', () => {
  it('accepts an image within the limits', async () =>
    expect(await checkFile(jpeg(100), limits, localeOf('en'))).toEqual({
      ok: true,
      format: 'jpeg',
    }))

  it('names one that is too large, with the limit', async () =>
    expect(await checkFile(jpeg(101), limits, localeOf('en'))).toEqual({
      ok: false,
      why: 'is 101 B, the limit is 100 B',
    }))

  it('names an empty one', async () =>
    expect(await checkFile(new Blob([]), limits, localeOf('en'))).toEqual({
      ok: false,
      why: 'is empty',
    }))

  it('names what is not an image', async () =>
    expect(await checkFile(new Blob(['plain text']), limits, localeOf('en'))).toMatchObject({
      ok: false,
    }))

  it('names an image whose format is disabled', async () =>
    expect(await checkFile(new Blob(['GIF89a......']), limits, localeOf('en'))).toEqual({
      ok: false,
      why: 'is GIF, which this server does not accept',
    }))

  it('leaves size and format to the server while the limits are unknown', async () =>
    expect(await checkFile(jpeg(5000), undefined, localeOf('en'))).toEqual({
      ok: true,
      format: 'jpeg',
    }))
})
