/** The list is shown in a text field, which cannot handle more. */
const MAX_BYTES = 16_000_000

/** Whether the file is a list of URLs and not an image. */
export const isUrlList = ({ name, type }: Pick<File, 'name' | 'type'>) =>
  /\.(csv|tsv)$/i.test(name) || type === 'text/csv' || type === 'text/tab-separated-values'

/** The text of the file; null if it is too large. */
export const readUrlList = async (file: Blob): Promise<string | null> =>
  file.size > MAX_BYTES ? null : file.text()
