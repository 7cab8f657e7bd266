/** IndexedDB in as many words as are needed here. */
const NAME = 'posecraft'
const STORE = 'uploads'

export interface PersistedUpload {
  id: string
  /** The tab that sends it. */
  tab: string
  name: string
  format: string
  batch: string
  paused: boolean
  keptAt: number
  /** null: there was no room, only the name is known. */
  file: Blob | null
}

const answered = <T>(request: IDBRequest<T>) =>
  new Promise<T>((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new Error('IndexedDB'))
  })

let opened: Promise<IDBDatabase> | undefined

function open(): Promise<IDBDatabase> {
  opened ??= (() => {
    const request = indexedDB.open(NAME, 1)
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: 'id' })
    return answered(request)
  })()
  return opened
}

/** Resolves when it is on the disk. */
async function write(work: (store: IDBObjectStore) => void): Promise<void> {
  const transaction = (await open()).transaction(STORE, 'readwrite')
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve()
    transaction.onabort = () => reject(transaction.error ?? new Error('IndexedDB'))
    work(transaction.objectStore(STORE))
  })
}

export const saveUpload = (kept: PersistedUpload) => write((store) => store.put(kept))

export const deleteUploads = (ids: readonly string[]) =>
  write((store) => {
    for (const id of ids) store.delete(id)
  })

export const loadUploads = async (): Promise<PersistedUpload[]> =>
  answered((await open()).transaction(STORE).objectStore(STORE).getAll() as IDBRequest<PersistedUpload[]>)
