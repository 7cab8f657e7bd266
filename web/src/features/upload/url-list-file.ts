/** More would not be read by eye either. */
const LARGEST = 16_000_000

/** A file of addresses, not a picture. */
export const isUrlList = ({ name, type }: Pick<File, 'name' | 'type'>) =>
  /\.(csv|tsv)$/i.test(name) || type === 'text/csv' || type === 'text/tab-separated-values'

/** null: too large to be a list. */
export const readUrlList = async (file: Blob): Promise<string | null> =>
  file.size > LARGEST ? null : file.text()
