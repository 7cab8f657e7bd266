import { number } from './numbers'

export const table = {
  caption: 'Images',
  metadata: 'SKU, batch',
  inBatch: 'Batch',
  batchOnly: (batch: string) => `Only batch ${batch}`,
  allBatches: 'Show all batches',
  image: 'Image',
  status: 'Status',
  updated: 'Updated',
  actions: 'Actions',
  search: 'Search',
  searchPlaceholder: 'Search name, URL, SKU, batch',
  searchClear: 'Clear search',
  filters: 'Filter by status',
  all: 'All',
  pending: 'Processing',
  processed: 'Ready',
  failed: 'Failed',
  attention: 'To review',
  nothing: 'No matches',
  nothingHint: 'No image matches this search and filter.',
  showAll: 'Show all images',
  page: (from: number, to: number, total: number) =>
    `${number(from)}–${number(to)} of ${number(total)}`,
  position: 'Position in the list',
  toFirst: 'Go to the first row',
  toLast: 'Go to the last row',
  loadFailed: 'The list could not be loaded.',
  again: 'Try again',
  loading: 'Loading images',
  sortBy: (column: string) => `Sort by ${column}`,
}

export const layout = {
  open: 'Columns and rows',
  title: 'Columns and rows',
  columns: 'Columns',
  rows: 'Rows',
  compact: 'Compact',
  normal: 'Normal',
  large: 'Large',
  moveLeft: (column: string) => `Move ${column} left`,
  moveRight: (column: string) => `Move ${column} right`,
  reset: 'Reset columns',
  sizeOf: (column: string) => `Width of ${column}`,
  ownWidth: 'automatic',
}

export const select = {
  one: (name: string) => `Select ${name}`,
  whole: 'Select all matching images',
  range: 'Selection',
  count: (n: number) => `${number(n)} selected`,
  all: (n: number) => `Select all ${number(n)} matching`,
  none: 'Clear selection',
}

export const stage = {
  queued: 'Queued',
  fetching: 'Fetching',
  decoding: 'Decoding',
  posing: 'Finding the body',
  cutting: 'Cutting shots',
  storing: 'Storing',
  '': 'Waiting',
}

export const progress = (name: string) => `Progress of ${name}`
