import type { Texts } from '@/lib/texts/en'
import { number, of, plural } from './numbers'

const files = (n: number) => plural(n, 'Datei', 'Dateien')
const uploads = (n: number) => plural(n, 'Upload', 'Uploads')
const addresses = (n: number) => plural(n, 'Adresse', 'Adressen')

export const upload: Texts['upload'] = {
  region: 'Bilder hinzufügen',
  lead: 'Fotos irgendwo ablegen',
  more: 'oder einfügen oder auswählen. Auch ganze Ordner.',
  browse: 'Dateien wählen',
  addresses: 'Adressen eingeben',
  dropHere: 'Hier ablegen',
  dropHint: 'Fotos, Ordner, Listen oder Links',
  emptyTitle: 'Fotos hinein, benannte Ausschnitte heraus',
  emptyText:
    'Fotos von Menschen in Kleidung ablegen. Aus jedem werden Ansichten von Ausschnitt, Ärmel, Detail, Taille und Länge, geschnitten nach der Lage des Körpers.',
  leftOut: (n) => `${files(n)} ausgelassen`,
  batch: 'Stapel',
  batchNone: 'ohne Namen',
  batchTip: 'Alles, was dazukommt, läuft unter diesem Namen.',
  nothing: 'Im Eingefügten war weder Bild noch Adresse.',
  reason: {
    empty: 'ist leer',
    tooLarge: (size, limit) => `hat ${size}, die Grenze ist ${limit}`,
    notPicture: 'ist kein Bild',
    formatOff: (format) => `ist ${format}, das nimmt dieser Server nicht`,
    unreadable: 'kann nicht gelesen werden',
    listTooLarge: 'ist zu groß für eine Liste von Adressen',
    tooManyPixels: (pixels, limit) => `hat ${pixels}, die Grenze ist ${limit}`,
  },
  megapixels: (n) => `${number(n)} Megapixel`,
  tray: 'Uploads',
  sending: (done, all) => `${of(done, all)} hochgeladen`,
  sent: (n) => `${uploads(n)} fertig`,
  sentSome: (n, failed) => `${uploads(n)} fertig, ${number(failed)} fehlgeschlagen`,
  retryAll: 'Noch einmal',
  stop: 'Abbrechen',
  stopTip: 'Alles abbrechen, was nicht gesendet ist',
  pauseAll: 'Uploads anhalten',
  resumeAll: 'Uploads fortsetzen',
  pauseOne: (name) => `${name} anhalten`,
  resumeOne: (name) => `${name} fortsetzen`,
  pausedAt: (done, all) => `Angehalten bei ${of(done, all)}`,
  knownOf: (n) => `${number(n)} schon bekannt`,
  partOf: (loaded, size) => `${loaded} von ${size}`,
  goOn: (n) =>
    n === 1
      ? '1 Upload von vor dem Neuladen geht weiter'
      : `${number(n)} Uploads von vor dem Neuladen gehen weiter`,
  lost: (n) =>
    `${files(n)} ${n === 1 ? 'konnte' : 'konnten'} über das Neuladen nicht behalten werden. Bitte noch einmal wählen.`,
  clear: 'Leeren',
  cancelOne: (name) => `${name} abbrechen`,
  retryOne: (name) => `${name} noch einmal senden`,
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
    sending: 'Wird gesendet',
    paused: 'Angehalten',
    retrying: 'Server beschäftigt, neuer Versuch',
    done: 'Gesendet',
    known: 'Schon bekannt',
    failed: 'Fehlgeschlagen',
    cancelled: 'Abgebrochen',
  },
  failedSome: (n) => `${uploads(n)} fehlgeschlagen`,
  failedOne: (name, why) => `${name}: ${why}`,
}

export const urls: Texts['urls'] = {
  title: 'Bilder über Adressen hinzufügen',
  label: 'Adressen, eine je Zeile, oder CSV',
  csv: 'CSV',
  csvHint:
    'CSV: Die erste Zeile nennt die Spalten url, sku und label. Auch eine Datei kann abgelegt werden.',
  template: 'Vorlage',
  placeholder: 'https://example.com/look-01.jpg\nhttps://example.com/look-02.jpg',
  good: addresses,
  bad: (n) => `${number(n)} zu berichtigen`,
  send: 'Bilder laden',
  sending: 'Wird gesendet',
  cancel: 'Abbrechen',
  line: (line, url, why) => `Zeile ${line}: ${url} ${why}`,
  leftOut: (n) => `${addresses(n)} ausgelassen`,
  taken: (n) => `${addresses(n)} angenommen`,
  fix: 'Berichtigen',
  reason: {
    notUrl: 'ist keine Web-Adresse',
    scheme: 'ist keine http- oder https-Adresse',
    tooLong: 'ist zu lang',
    twice: 'steht doppelt da',
    none: 'hat keine Adresse',
    markTooLong: 'hat eine SKU oder ein Label von mehr als 128 Zeichen',
  },
}
