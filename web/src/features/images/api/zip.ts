import { apiUrl } from '@/lib/api/client'
import type { BulkTarget } from './bulk'
import type { FilterParams } from '@/lib/api/list-images'

/** The most ids that fit into a URL, and that the server accepts. */
export const ZIP_IDS = 1000

/** The URL of a ZIP file with the shots of these images. */
export const zipUrl = (target: BulkTarget) =>
  apiUrl('images.zip', 'ids' in target ? { ids: target.ids.join(',') } : { ...target.filter }).href

/** Only processed images have shots. */
export const mayHaveShots = ({ status }: FilterParams) =>
  status === undefined || status === 'processed'
