import { describe, expect, it } from 'vitest'
import { zipError, zipFields } from './zip'

describe('zipFields', () => {
  it('names any number of ids', () => {
    const ids = Array.from({ length: 5000 }, (_, at) => at + 1)
    expect(zipFields({ ids })['ids']?.split(',')).toHaveLength(5000)
  })

  it('names the filter and what is left out of it', () =>
    expect(
      zipFields({
        filter: { q: 'dress', status: 'processed', attention: undefined, batch: undefined },
        except: new Set([3, 7]),
      }),
    ).toEqual({ q: 'dress', status: 'processed', except: '3,7' }))

  it('is not empty for all images', () =>
    expect(zipFields({ filter: { q: undefined } })).toEqual({ except: '' }))
})

describe('zipError', () => {
  it('is the error that the server sent', () =>
    expect(
      zipError('{"error":{"code":"bad_request","message":"Only processed images have shots."}}'),
    ).toMatchObject({
      code: 'bad_request',
      serverMessage: 'Only processed images have shots.',
    }))

  it.each(['', '<h1>Bad gateway</h1>'])('%j: the server was not reached', (text) =>
    expect(zipError(text)).toMatchObject({ code: 'network' }),
  )
})
