/** The list is shown in a text field, which cannot handle more. */
const MAX_BYTES = 16_000_000

/** Whether the file is a list of URLs and not an image. */
export const isUrlList = ({ name, type }: Pick<File, 'name' | 'type'>) =>
  /\.(csv|tsv)$/i.test(name) || type === 'text/csv' || type === 'text/tab-separated-values'

/** The encoding that a byte order mark names, or that zero bytes beside the first character show. */
function encodingOf([first, second]: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if ((first === 0xfe && second === 0xff) || (first === 0 && second)) return 'utf-16be'
  return (first === 0xff && second === 0xfe) || (first && second === 0) ? 'utf-16le' : 'utf-8'
}

/** The text of the file, in UTF-8 or as a spreadsheet's "Unicode text"; null if it is too large. */
export async function readUrlList(file: Blob): Promise<string | null> {
  if (file.size > MAX_BYTES) return null
  const bytes = new Uint8Array(await file.arrayBuffer())
  return new TextDecoder(encodingOf(bytes)).decode(bytes)
}
