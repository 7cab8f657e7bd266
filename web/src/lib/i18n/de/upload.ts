import type { Texts } from '@/lib/i18n/en'
import { number, of, plural } from './numbers'

const files = (n: number) => plural(n, 'Datei', 'Dateien')
const uploads = (n: number) => plural(n, 'Upload', 'Uploads')
const urlCount = (n: number) => plural(n, 'URL', 'URLs')

export const upload: Texts['upload'] = {
  region: 'Bilder hinzufügen',
  lead: 'Fotos irgendwo ablegen',
  more: 'oder einfügen oder auswählen. Auch ganze Ordner.',
  browse: 'Dateien wählen',
  addUrls: 'URLs eingeben',
  dropHere: 'Hier ablegen',
  dropHint: 'Fotos, Ordner, Listen oder Links',
  emptyTitle: 'Fotos hinein, benannte Ausschnitte heraus',
  emptyText:
    'Fotos von Menschen in Kleidung ablegen. PoseCraft erkennt darauf den Körper und schneidet die Ansichten Hals, Ärmel, Detail, Taille und Länge zu.',
  skipped: (n) => `${files(n)} übersprungen`,
  batch: 'Stapel',
  batchNone: 'keiner',
  batchTip: 'Alles, was hinzugefügt wird, gehört zu diesem Stapel.',
  nothing: 'Der eingefügte Inhalt enthält weder ein Bild noch eine URL.',
  reason: {
    empty: 'ist leer',
    tooLarge: (size, limit) => `hat ${size}, erlaubt sind ${limit}`,
    notImage: 'ist kein Bild',
    formatDisabled: (format) => `ist ${format}, das nimmt dieser Server nicht an`,
    unreadable: 'kann nicht gelesen werden',
    listTooLarge: 'ist zu groß für eine Liste von URLs',
    tooManyPixels: (pixels, limit) => `hat ${pixels}, erlaubt sind ${limit}`,
  },
  megapixels: (n) => `${number(n)} Megapixel`,
  tray: 'Uploads',
  sending: (done, all) => `${of(done, all)} hochgeladen`,
  sent: (n) => `${uploads(n)} fertig`,
  sentSome: (n, failed) => `${uploads(n)} fertig, ${number(failed)} fehlgeschlagen`,
  retryAll: 'Fehlgeschlagene wiederholen',
  stop: 'Abbrechen',
  stopTip: 'Alle Uploads abbrechen, die nicht fertig sind',
  pauseAll: 'Uploads anhalten',
  resumeAll: 'Uploads fortsetzen',
  pauseOne: (name) => `${name} anhalten`,
  resumeOne: (name) => `${name} fortsetzen`,
  pausedAt: (done, all) => `Angehalten bei ${of(done, all)}`,
  existingCount: (n) => `${number(n)} bereits vorhanden`,
  partOf: (loaded, size) => `${loaded} von ${size}`,
  resumed: (n) => `${uploads(n)} nach einer Unterbrechung fortgesetzt`,
  lost: (n) =>
    `${files(n)} nicht gesendet: Die Seite wurde geschlossen, bevor der Browser eine Kopie hatte. Bitte erneut auswählen.`,
  clear: 'Leeren',
  cancelOne: (name) => `${name} abbrechen`,
  retryOne: (name) => `${name} erneut senden`,
  showFiles: 'Dateien zeigen',
  hideFiles: 'Dateien verbergen',
  progressOf: (name) => `Upload von ${name}`,
  total: 'Alle Uploads',
  left: (seconds) =>
    seconds < 60
      ? `noch ${Math.max(1, Math.round(seconds))} s`
      : `noch ${Math.round(seconds / 60)} min`,
  state: {
    waiting: 'Wartet',
    sending: 'Wird hochgeladen',
    paused: 'Angehalten',
    retrying: 'Server ausgelastet, neuer Versuch',
    done: 'Hochgeladen',
    existing: 'Bereits vorhanden',
    failed: 'Fehlgeschlagen',
    cancelled: 'Abgebrochen',
  },
  failedSome: (n) => `${uploads(n)} fehlgeschlagen`,
  failedOne: (name, why) => `${name}: ${why}`,
}

export const urls: Texts['urls'] = {
  title: 'Bilder per URL hinzufügen',
  label: 'URLs, eine pro Zeile, oder CSV',
  csv: (column) => `CSV, Spalte ${column}`,
  csvHint:
    'CSV: Die erste Zeile nennt die Spalten: url (oder Bild-URL, Link, src und Ähnliches), sku und label. Eine CSV-Datei lässt sich auch irgendwo auf der Seite ablegen.',
  template: 'Vorlage',
  placeholder: 'https://example.com/look-01.jpg\nhttps://example.com/look-02.jpg',
  valid: urlCount,
  invalid: (n) => `${number(n)} zu korrigieren`,
  send: 'Bilder laden',
  cancel: 'Abbrechen',
  line: (line, url, why) => `Zeile ${line}: ${url} ${why}`,
  skipped: (n) => `${urlCount(n)} übersprungen`,
  accepted: (n) => `${urlCount(n)} angenommen`,
  fix: 'Korrigieren',
  reason: {
    notUrl: 'ist keine gültige URL',
    scheme: 'ist keine http- oder https-URL',
    tooLong: 'ist zu lang',
    duplicate: 'ist doppelt vorhanden',
    missing: 'hat keine URL',
    labelTooLong: 'hat eine SKU oder ein Label mit mehr als 128 Zeichen',
  },
}
