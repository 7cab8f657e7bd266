import { apiUrl } from '@/lib/api/client'
import type { BulkTarget } from './bulk'

/** An address holds about so many ids. */
export const ZIP_IDS = 500

/** Where the shots of these images are served as one file; it is made while it is sent. */
export const zipUrl = (target: BulkTarget) =>
  apiUrl('images.zip', 'ids' in target ? { ids: target.ids.join(',') } : { ...target.filter }).href
