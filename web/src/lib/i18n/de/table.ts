import type { Texts } from '@/lib/i18n/en'
import { number } from './numbers'

export const table: Texts['table'] = {
  caption: 'Bilder',
  metadata: 'SKU, Stapel',
  inBatch: 'Stapel',
  batchOnly: (batch) => `Nur Stapel ${batch}`,
  allBatches: 'Alle Stapel zeigen',
  image: 'Bild',
  status: 'Status',
  updated: 'Geändert',
  actions: 'Aktionen',
  search: 'Suche',
  searchPlaceholder: 'Name, URL, SKU, Stapel suchen',
  searchClear: 'Suche leeren',
  filters: 'Nach Status filtern',
  all: 'Alle',
  pending: 'In Bearbeitung',
  processed: 'Fertig',
  failed: 'Fehlgeschlagen',
  attention: 'Prüfen',
  nothing: 'Keine Treffer',
  nothingHint: 'Kein Bild passt zu Suche und Filter.',
  showAll: 'Alle Bilder zeigen',
  page: (from, to, total) => `${number(from)}–${number(to)} von ${number(total)}`,
  position: 'Position in der Liste',
  toFirst: 'Zur ersten Zeile',
  toLast: 'Zur letzten Zeile',
  loadFailed: 'Die Liste konnte nicht geladen werden.',
  again: 'Erneut versuchen',
  loading: 'Bilder werden geladen',
  sortBy: (column) => `Sortieren nach ${column}`,
}

export const layout: Texts['layout'] = {
  open: 'Spalten und Zeilen',
  title: 'Spalten und Zeilen',
  columns: 'Spalten',
  rows: 'Zeilen',
  compact: 'Kompakt',
  normal: 'Normal',
  large: 'Groß',
  moveLeft: (column) => `${column} nach links`,
  moveRight: (column) => `${column} nach rechts`,
  reset: 'Spalten zurücksetzen',
  sizeOf: (column) => `Breite von ${column}`,
  ownWidth: 'automatisch',
}

export const select: Texts['select'] = {
  one: (name) => `${name} auswählen`,
  whole: 'Alle passenden Bilder auswählen',
  range: 'Auswahl',
  count: (n) => `${number(n)} ausgewählt`,
  all: (n) => `Alle ${number(n)} passenden auswählen`,
  none: 'Auswahl aufheben',
}

export const stage: Texts['stage'] = {
  queued: 'Wartet',
  fetching: 'Wird geladen',
  decoding: 'Wird dekodiert',
  posing: 'Körper wird gesucht',
  cutting: 'Wird zugeschnitten',
  storing: 'Wird gespeichert',
  '': 'Wartet',
}

export const progress: Texts['progress'] = (name) => `Fortschritt von ${name}`
