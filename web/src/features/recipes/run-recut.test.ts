import { describe, expect, it } from 'vitest'
import type { RecutAnswer } from '@/lib/api/types'
import type { RecutAsk } from './api/recut'
import { runRecut } from './run-recut'

function server(answers: Partial<RecutAnswer>[]) {
  const asked: RecutAsk[] = []
  const send = (ask: RecutAsk) => {
    asked.push(ask)
    const part = {
      looked: 0,
      changed: 0,
      unchanged: 0,
      skipped: 0,
      shots: {},
      queued: 0,
      next: null,
    }
    return Promise.resolve({ ...part, ...answers[asked.length - 1] })
  }
  return { asked, send }
}

describe('runRecut', () => {
  it('goes through all pages and adds them up', async () => {
    const { asked, send } = server([
      { looked: 250, changed: 3, next: 400 },
      { looked: 10, changed: 1, skipped: 2 },
    ])
    const sum = await runRecut('all', { dryRun: true, send })
    expect(asked).toEqual([
      { after: 0, dryRun: true },
      { after: 400, dryRun: true },
    ])
    expect(sum).toEqual({ looked: 260, changed: 4, skipped: 2, queued: 0, stopped: false })
  })

  it('sends ids in parts', async () => {
    const ids = Array.from({ length: 260 }, (_, n) => n + 1)
    const { asked, send } = server([
      { looked: 250, queued: 250 },
      { looked: 10, queued: 5 },
    ])
    const sum = await runRecut({ ids, recipes: ['neck'] }, { dryRun: false, send })
    expect(asked.map((ask) => ask.ids?.length)).toEqual([250, 10])
    expect(asked[1]).toMatchObject({ recipes: ['neck'], dryRun: false })
    expect(sum.queued).toBe(255)
  })

  it('stops between two calls', async () => {
    const stop = new AbortController()
    const { asked, send } = server([{ looked: 250, next: 1 }, {}])
    const sum = await runRecut('all', {
      dryRun: false,
      signal: stop.signal,
      send,
      onPart: () => stop.abort(),
    })
    expect(asked.length).toBe(1)
    expect(sum.stopped).toBe(true)
  })

  it('makes no call for an empty target', async () => {
    const { asked, send } = server([])
    await runRecut({ ids: [], recipes: null }, { dryRun: true, send })
    expect(asked).toEqual([])
  })
})
