import { number } from './numbers'

export const table = {
  caption: 'Pictures',
  marks: 'SKU, batch',
  inBatch: 'Batch',
  batchOnly: (batch: string) => `Only batch ${batch}`,
  allBatches: 'Show all batches',
  picture: 'Picture',
  name: 'Name',
  status: 'Status',
  updated: 'Updated',
  actions: 'Actions',
  search: 'Search',
  searchPlaceholder: 'Search name, address, SKU, batch',
  searchClear: 'Clear search',
  filters: 'Filter by status',
  all: 'All',
  pending: 'In work',
  processed: 'Ready',
  failed: 'Failed',
  attention: 'To review',
  nothing: 'Nothing matches',
  nothingHint: 'No picture fits this search and filter.',
  showAll: 'Show all pictures',
  page: (from: number, to: number, total: number) =>
    `${number(from)}–${number(to)} of ${number(total)}`,
  position: 'Place in the list',
  toFirst: 'To the first row',
  toLast: 'To the last row',
  loadFailed: 'The list could not be loaded.',
  again: 'Try again',
  loading: 'Loading pictures',
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
  moveLeft: (column: string) => `Move ${column} to the left`,
  moveRight: (column: string) => `Move ${column} to the right`,
  reset: 'As it was',
  sizeOf: (column: string) => `Width of ${column}`,
  ownWidth: 'by itself',
}

export const select = {
  one: (name: string) => `Select ${name}`,
  whole: 'Select all that match',
  range: 'The selection',
  count: (n: number) => `${number(n)} selected`,
  all: (n: number) => `Select all ${number(n)} that match`,
  none: 'Clear the selection',
}

export const stage = {
  queued: 'Queued',
  fetching: 'Fetching',
  decoding: 'Reading',
  posing: 'Finding the body',
  cutting: 'Cutting',
  storing: 'Storing',
  '': 'Waiting',
}

export const progress = (name: string) => `Progress of ${name}`
