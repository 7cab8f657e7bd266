import type { Sendable } from '@/features/upload/api/send-file'
import { isOpen, type Upload } from '@/features/upload/upload-queue'
import { type PersistedUpload, UploadDatabase } from './database'
import { fitsQuota } from './quota'
import { randomId } from './random-id'
import { claimTabId } from './tab-id'

interface Entry {
  upload: PersistedUpload
  state: 'waiting' | 'saved' | 'lost'
}

/** Copies of the files that are not sent yet, so that the uploads resume after a reload. The copies are
 * written one after another while the uploads run; a file that is sent first is never written. */
export class PersistedUploads {
  private readonly database = new UploadDatabase()
  private readonly tab = claimTabId()
  private readonly entries = new Map<number, Entry>()
  private readonly waiting: number[] = []
  private writing = false
  private bytes = 0

  /** `ids` are those of the upload queue. */
  add(ids: readonly number[], files: readonly Sendable[]) {
    for (const [at, id] of ids.entries()) {
      const one = files[at]
      if (!one) continue
      const { name, format, batch, file } = one
      const upload = {
        id: randomId(),
        tab: '',
        name,
        format,
        batch,
        file,
        paused: false,
        keptAt: 0,
      }
      this.entries.set(id, { upload, state: 'waiting' })
      this.waiting.push(id)
    }
    void this.write()
  }

  /** Follows an upload's state; the copy is deleted when the file is sent or cancelled. */
  follow({ id, state }: Pick<Upload, 'id' | 'state'>) {
    const entry = this.entries.get(id)
    if (!entry) return
    if (isOpen({ state }) || state === 'failed') {
      const paused = state === 'paused'
      if (entry.upload.paused === paused) return
      entry.upload = { ...entry.upload, paused }
      if (entry.state === 'saved') void this.save(entry.upload)
      return
    }
    this.entries.delete(id)
    if (entry.state === 'waiting') return
    if (entry.state === 'saved') this.bytes -= entry.upload.file?.size ?? 0
    void this.database.delete([entry.upload.id]).catch(() => undefined)
  }

  /** Whether the upload would resume if the page were closed now. */
  isSaved(id: number): boolean {
    return this.entries.get(id)?.state === 'saved'
  }

  /** Finds the uploads that this tab left before its reload, and those of tabs that are closed. `enqueue` adds
   * the files to the queue and returns their new ids. Returns how many resume, and the names of the files that
   * could not be saved. */
  async resume(
    enqueue: (files: readonly Sendable[], paused: boolean) => readonly number[],
  ): Promise<{ count: number; lost: string[] }> {
    const { isAbandoned } = await this.tab
    const uploads = (await this.database.all()).filter(({ tab, keptAt }) =>
      isAbandoned(tab, keptAt),
    )
    uploads.sort((a, b) => a.keptAt - b.keptAt)
    const lost = uploads.filter(({ file }) => file === null)
    const files = uploads.flatMap((one) => (one.file ? [{ ...one, file: one.file }] : []))
    for (const paused of [false, true]) {
      const some = files.filter((one) => one.paused === paused)
      for (const [at, id] of enqueue(some, paused).entries()) {
        const upload = some[at]
        if (upload) await this.takeOver(id, upload)
      }
    }
    await this.database.delete(lost.map(({ id }) => id))
    return { count: files.length, lost: lost.map(({ name }) => name) }
  }

  private async takeOver(id: number, upload: PersistedUpload) {
    const { tab } = await this.tab
    this.entries.set(id, { upload: { ...upload, tab }, state: 'saved' })
    this.bytes += upload.file?.size ?? 0
    await this.database.save({ ...upload, tab, keptAt: Date.now() })
  }

  private async write() {
    if (this.writing) return
    this.writing = true
    const { tab } = await this.tab
    for (let id = this.waiting.shift(); id !== undefined; id = this.waiting.shift()) {
      const entry = this.entries.get(id)
      if (!entry) continue
      const size = entry.upload.file?.size ?? 0
      const upload = { ...entry.upload, tab, keptAt: Date.now() }
      const fits = await fitsQuota(size, this.bytes)
      entry.state = fits && (await this.save(upload)) ? 'saved' : 'lost'
      // The name at least, so that the user can be asked for the file again.
      if (entry.state === 'lost') await this.save({ ...upload, file: null })
      else this.bytes += size
      entry.upload = { ...upload, paused: entry.upload.paused }
      // The file was sent while its copy was being written.
      if (!this.entries.has(id)) {
        if (entry.state === 'saved') this.bytes -= size
        await this.database.delete([upload.id]).catch(() => undefined)
      }
    }
    this.writing = false
  }

  /** False when the storage is full or not available. */
  private save(upload: PersistedUpload): Promise<boolean> {
    return this.database.save(upload).then(
      () => true,
      () => false,
    )
  }
}
