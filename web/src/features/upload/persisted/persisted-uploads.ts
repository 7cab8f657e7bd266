import type { Sendable } from '@/features/upload/api/send-file'
import { isOpen, type Upload } from '@/features/upload/upload-queue'
import { loadUploads, deleteUploads, type PersistedUpload, saveUpload } from './database'
import { randomId } from './random-id'
import { fitsQuota } from './quota'
import { claimTabId, type TabId } from './tab-id'

/** Copies of files that are not sent yet, so that they go on after a reload. Written one after another
 * beside the sending; what is sent before its turn is never written. */
export class PersistedUploads {
  private readonly tab: Promise<TabId>
  private readonly records = new Map<number, { kept: PersistedUpload; state: 'waits' | 'safe' | 'lost' }>()
  private readonly waiting: number[] = []
  private writing = false
  private bytes = 0

  constructor() {
    this.tab = claimTabId()
  }

  /** Ids as the queue gave them. */
  add(ids: readonly number[], files: readonly Sendable[]) {
    for (const [at, id] of ids.entries()) {
      const one = files[at]
      if (!one) continue
      const { name, format, batch, file } = one
      const kept = { id: randomId(), tab: '', name, format, batch, file, paused: false, keptAt: 0 }
      this.records.set(id, { kept, state: 'waits' })
      this.waiting.push(id)
    }
    void this.write()
  }

  /** What is sent, or given up, need not be kept any more. */
  follow({ id, state }: Pick<Upload, 'id' | 'state'>) {
    const record = this.records.get(id)
    if (!record) return
    if (isOpen({ state }) || state === 'failed') {
      const paused = state === 'paused'
      if (record.kept.paused === paused) return
      record.kept = { ...record.kept, paused }
      if (record.state === 'safe') void saveUpload(record.kept).catch(() => undefined)
      return
    }
    this.records.delete(id)
    if (record.state === 'waits') return
    if (record.state === 'safe') this.bytes -= record.kept.file?.size ?? 0
    void deleteUploads([record.kept.id]).catch(() => undefined)
  }

  /** Whether the file goes on when the page ends now. */
  isSafe(id: number): boolean {
    return this.records.get(id)?.state === 'safe'
  }

  /** What was left over by this tab before its reload, or by tabs that are closed: the files, and the names of
   * those that could not be kept. `taken` gives the ids under which the files go on. */
  async resume(
    taken: (files: readonly Sendable[], paused: boolean) => readonly number[],
  ): Promise<{ count: number; lost: string[] }> {
    const { isAbandoned } = await this.tab
    const left = (await loadUploads()).filter(({ tab, keptAt }) => isAbandoned(tab, keptAt))
    left.sort((a, b) => a.keptAt - b.keptAt)
    const lost = left.filter(({ file }) => file === null)
    const files = left.flatMap((kept) => (kept.file ? [{ ...kept, file: kept.file }] : []))
    for (const paused of [false, true]) {
      const some = files.filter((one) => one.paused === paused)
      for (const [at, id] of taken(some, paused).entries()) {
        const kept = some[at]
        if (kept) await this.adopt(id, kept)
      }
    }
    await deleteUploads(lost.map(({ id }) => id))
    return { count: files.length, lost: lost.map(({ name }) => name) }
  }

  private async adopt(id: number, kept: PersistedUpload) {
    const { tab } = await this.tab
    this.records.set(id, { kept: { ...kept, tab }, state: 'safe' })
    this.bytes += kept.file?.size ?? 0
    await saveUpload({ ...kept, tab, keptAt: Date.now() })
  }

  private async write() {
    if (this.writing) return
    this.writing = true
    const { tab } = await this.tab
    for (let id = this.waiting.shift(); id !== undefined; id = this.waiting.shift()) {
      const record = this.records.get(id)
      if (!record) continue
      const size = record.kept.file?.size ?? 0
      const kept = { ...record.kept, tab, keptAt: Date.now() }
      const fits = await fitsQuota(size, this.bytes)
      record.state = fits && (await put(kept)) ? 'safe' : 'lost'
      // Its name at least, to ask for it again.
      if (record.state === 'lost') await put({ ...kept, file: null })
      else this.bytes += size
      record.kept = { ...kept, paused: record.kept.paused }
      // It was sent meanwhile.
      if (!this.records.has(id)) {
        if (record.state === 'safe') this.bytes -= size
        await deleteUploads([kept.id]).catch(() => undefined)
      }
    }
    this.writing = false
  }
}

const put = (kept: PersistedUpload) =>
  saveUpload(kept).then(
    () => true,
    () => false,
  )
