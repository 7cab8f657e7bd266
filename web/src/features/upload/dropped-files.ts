/** The dropped files, including those in dropped folders. It must be called during the drop event, because the
 * browser clears the list afterwards. */
export function droppedFiles(data: DataTransfer): Promise<File[]> {
  const entries = [...data.items].flatMap((item) => {
    const entry = item.kind === 'file' ? item.webkitGetAsEntry() : null
    return entry ? [entry] : []
  })
  if (entries.length === 0) return Promise.resolve([...data.files])
  return Promise.all(entries.map(filesOf)).then((lists) => lists.flat())
}

async function filesOf(entry: FileSystemEntry): Promise<File[]> {
  if (entry.isFile)
    return new Promise((resolve) =>
      (entry as FileSystemFileEntry).file(
        (file) => resolve([file]),
        () => resolve([]),
      ),
    )
  const reader = (entry as FileSystemDirectoryEntry).createReader()
  const files: File[] = []
  // A reader returns up to a hundred entries at a time, and an empty list at the end.
  for (let portion = await read(reader); portion.length > 0; portion = await read(reader))
    for (const child of portion)
      if (!child.name.startsWith('.')) files.push(...(await filesOf(child)))
  return files
}

function read(reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> {
  return new Promise((resolve) => reader.readEntries(resolve, () => resolve([])))
}

export const carriesFiles = (data: DataTransfer | null) => data?.types.includes('Files') ?? false

export const carriesLinks = (data: DataTransfer | null) =>
  data?.types.includes('text/uri-list') ?? false
