import { describe, expect, it, vi } from 'vitest'
import { Snackbars } from './snackbars'

function change(bars: Snackbars, text: string, undoes: 'while-shown' | 'always') {
  const run = vi.fn()
  bars.notify('success', text, { action: { label: 'Undo', undoes, run } })
  return { run, id: bars.store.get().at(-1)?.id ?? -1 }
}

describe('what can be undone', () => {
  it('is the last thing that was done, then the one before', () => {
    const bars = new Snackbars()
    const first = change(bars, 'a', 'always')
    const second = change(bars, 'b', 'while-shown')
    bars.notify('info', 'nothing to undo')
    bars.lastUndo()?.run()
    expect(second.run).toHaveBeenCalledOnce()
    expect(first.run).not.toHaveBeenCalled()
    bars.lastUndo()?.run()
    expect(first.run).toHaveBeenCalledOnce()
    expect(bars.lastUndo()).toBeNull()
    expect(bars.store.get().map(({ text }) => text)).toEqual(['nothing to undo'])
  })

  it('stays after the notification has gone, unless that ended it', () => {
    const bars = new Snackbars()
    const saved = change(bars, 'saved', 'always')
    const deleted = change(bars, 'deleted', 'while-shown')
    bars.dismiss(deleted.id)
    bars.dismiss(saved.id)
    bars.lastUndo()?.run()
    expect(saved.run).toHaveBeenCalledOnce()
    expect(deleted.run).not.toHaveBeenCalled()
    expect(bars.lastUndo()).toBeNull()
  })

  it('is not undone again by the key after the button', () => {
    const bars = new Snackbars()
    const { run, id } = change(bars, 'saved', 'always')
    bars.store.get()[0]?.action?.run()
    bars.dismiss(id)
    expect(run).toHaveBeenCalledOnce()
    expect(bars.lastUndo()).toBeNull()
  })

  it('waits until the undo before it is done', async () => {
    const bars = new Snackbars()
    const first = change(bars, 'a', 'always')
    let done: () => void = () => undefined
    const slow = new Promise<void>((resolve) => (done = resolve))
    bars.notify('success', 'b', { action: { label: 'Undo', undoes: 'always', run: () => slow } })
    bars.lastUndo()?.run()
    bars.lastUndo()?.run()
    expect(first.run).not.toHaveBeenCalled()
    done()
    await vi.waitFor(() => expect(first.run).toHaveBeenCalledOnce())
  })
})
