import type { Texts } from '@/lib/texts/en'
import { number } from './numbers'

export const table: Texts['table'] = {
  caption: 'Bilder',
  marks: 'SKU, Stapel',
  inBatch: 'Stapel',
  batchOnly: (batch) => `Nur Stapel ${batch}`,
  allBatches: 'Alle Stapel zeigen',
  picture: 'Bild',
  name: 'Name',
  status: 'Stand',
  updated: 'Geändert',
  actions: 'Aktionen',
  search: 'Suche',
  searchPlaceholder: 'Name, Adresse, SKU, Stapel suchen',
  searchClear: 'Suche leeren',
  filters: 'Nach Stand filtern',
  all: 'Alle',
  pending: 'In Arbeit',
  processed: 'Fertig',
  failed: 'Fehler',
  attention: 'Prüfen',
  nothing: 'Nichts passt',
  nothingHint: 'Kein Bild passt zu Suche und Filter.',
  showAll: 'Alle Bilder zeigen',
  page: (from, to, total) => `${number(from)}–${number(to)} von ${number(total)}`,
  position: 'Stelle in der Liste',
  toFirst: 'Zur ersten Zeile',
  toLast: 'Zur letzten Zeile',
  loadFailed: 'Die Liste konnte nicht geladen werden.',
  again: 'Noch einmal',
  loading: 'Bilder werden geladen',
  sortBy: (column) => `Sortieren nach ${column}`,
}

export const layout: Texts['layout'] = {
  open: 'Spalten und Zeilen',
  title: 'Spalten und Zeilen',
  columns: 'Spalten',
  rows: 'Zeilen',
  compact: 'Schmal',
  normal: 'Normal',
  large: 'Groß',
  moveLeft: (column) => `${column} nach links`,
  moveRight: (column) => `${column} nach rechts`,
  reset: 'Wie zu Anfang',
  sizeOf: (column) => `Breite von ${column}`,
  ownWidth: 'von selbst',
}

export const select: Texts['select'] = {
  one: (name) => `${name} auswählen`,
  whole: 'Alle passenden auswählen',
  range: 'Die Auswahl',
  count: (n) => `${number(n)} ausgewählt`,
  all: (n) => `Alle ${number(n)} passenden auswählen`,
  none: 'Auswahl aufheben',
}

export const stage: Texts['stage'] = {
  queued: 'Wartet',
  fetching: 'Wird geladen',
  decoding: 'Wird gelesen',
  posing: 'Körper wird gesucht',
  cutting: 'Wird geschnitten',
  storing: 'Wird gespeichert',
  '': 'Wartet',
}

export const progress: Texts['progress'] = (name) => `Fortschritt von ${name}`
