import type { Texts } from '@/lib/texts/en'
import { plural } from './numbers'

export const theme: Texts['theme'] = {
  system: 'Farben: wie das System',
  light: 'Farben: hell',
  dark: 'Farben: dunkel',
}

export const live: Texts['live'] = {
  connecting: 'Verbinden',
  live: 'Live',
  polling: 'Abfragen',
  offline: 'Offline',
  liveTip: 'Änderungen kommen sofort.',
  pollingTip: 'Die Live-Verbindung brach ab. Stattdessen wird alle paar Sekunden gefragt.',
  connectingTip: 'Die Live-Verbindung wird geöffnet.',
  offlineTip: 'Der Server antwortet nicht. Es wird von selbst weiter versucht.',
  pause: 'Änderungen anhalten',
  resume: 'Änderungen fortsetzen',
  paused: 'Angehalten',
  waiting: (n) => `Angehalten, ${plural(n, 'Änderung wartet', 'Änderungen warten')}`,
}

export const help: Texts['help'] = {
  title: 'Tasten',
  open: 'Tastenkürzel',
  single: 'Kürzel aus einer Taste',
  keys: [
    ['/', 'Suche'],
    ['a', 'Adressen eingeben'],
    ['Strg ↵', 'Die Adressen laden, in ihrem Feld'],
    ['u', 'Dateien wählen'],
    ['p', 'Änderungen anhalten oder fortsetzen'],
    ['↑ ↓', 'Von Bild zu Bild, in der Tabelle'],
    ['Pos1 Ende', 'Zum ersten, zum letzten Bild'],
    ['← →', 'Breite einer Spalte, an ihrem Rand'],
    ['Enter', 'Das Bild öffnen'],
    ['Leertaste', 'Das Bild auswählen'],
    ['⇧ ↑ ↓', 'Einen Bereich auswählen'],
    ['Strg a', 'Alle passenden auswählen'],
    ['Esc', 'Die Auswahl aufheben'],
    ['r', 'Das fehlgeschlagene oder die ausgewählten noch einmal versuchen'],
    ['c', 'Das Bild in Arbeit oder die ausgewählten abbrechen'],
    ['Entf', 'Das Bild oder die ausgewählten löschen'],
    ['← →', 'Andere Ansicht, im offenen Bild'],
    ['↑ ↓', 'Anderes Bild, im offenen Bild'],
    ['l', 'Den Link kopieren, im offenen Bild'],
    ['e', 'Den Ausschnitt anpassen, in einem offenen Ausschnitt'],
    ['?', 'Diese Liste'],
  ],
}
