import { apiUrl } from '@/lib/api/client'
import type { BulkTarget } from './bulk'
import type { FilterParams } from '@/lib/api/list-images'

/** An address holds about so many ids; the server takes as many. */
export const ZIP_IDS = 1000

/** Where the shots of these images are served as one file; it is made while it is sent. */
export const zipUrl = (target: BulkTarget) =>
  apiUrl('images.zip', 'ids' in target ? { ids: target.ids.join(',') } : { ...target.filter }).href

/** Only processed images have shots. */
export const mayHaveShots = ({ status }: FilterParams) =>
  status === undefined || status === 'processed'
