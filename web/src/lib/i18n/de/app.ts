import type { Texts } from '@/lib/i18n/en'
import { plural } from './numbers'

export const theme: Texts['theme'] = {
  system: 'Farbschema: wie das System',
  light: 'Farbschema: hell',
  dark: 'Farbschema: dunkel',
}

export const live: Texts['live'] = {
  connecting: 'Verbinden',
  live: 'Live',
  polling: 'Abfragen',
  offline: 'Offline',
  liveTip: 'Änderungen erscheinen sofort.',
  pollingTip:
    'Die Live-Verbindung wurde unterbrochen. Die Seite fragt stattdessen alle paar Sekunden nach Änderungen.',
  connectingTip: 'Die Live-Verbindung wird aufgebaut.',
  offlineTip: 'Der Server antwortet nicht. Die Seite versucht es weiter.',
  pause: 'Aktualisierung anhalten',
  resume: 'Aktualisierung fortsetzen',
  paused: 'Angehalten',
  waiting: (n) => `Angehalten, ${plural(n, 'Änderung wartet', 'Änderungen warten')}`,
}

export const help: Texts['help'] = {
  title: 'Hilfe',
  open: 'Hilfe und Tastenkürzel',
  single: 'Kürzel aus einer einzelnen Taste verwenden',
  keysTitle: 'Tastenkürzel',
  states: 'Zustände eines Ausschnitts',
  state: {
    partial:
      'Der Ausschnitt zeigt nur einen Teil dessen, was er zeigen soll, weil der Rest außerhalb des Fotos liegt.',
    absent: 'Es gibt keinen Ausschnitt, weil auf dem Foto nicht ist, was die Ansicht zeigen soll.',
    review: 'Es gibt einen Ausschnitt, aber PoseCraft ist sich nicht sicher. Bitte prüfen.',
  },
  api: 'Wie Programme diesen Dienst verwenden: die API',
  keys: [
    ['/', 'Suchen'],
    ['a', 'URLs hinzufügen'],
    ['Strg ↵', 'Bilder der URLs laden, im Textfeld'],
    ['u', 'Dateien auswählen'],
    ['p', 'Aktualisierung anhalten oder fortsetzen'],
    ['↑ ↓', 'Zum vorigen oder nächsten Bild, in der Tabelle'],
    ['Pos1 Ende', 'Zum ersten oder letzten Bild'],
    ['← →', 'Spaltenbreite ändern, am Rand der Spalte'],
    ['Enter', 'Bild öffnen'],
    ['Leertaste', 'Bild auswählen'],
    ['⇧ ↑ ↓', 'Einen Bereich auswählen'],
    ['Strg a', 'Alle passenden Bilder auswählen'],
    ['Esc', 'Auswahl aufheben'],
    ['r', 'Fehlgeschlagenes Bild oder Auswahl erneut versuchen'],
    ['c', 'Bild in Bearbeitung oder Auswahl abbrechen'],
    ['Entf', 'Bild oder Auswahl löschen'],
    ['← →', 'Andere Ansicht zeigen, im geöffneten Bild'],
    ['↑ ↓', 'Anderes Bild zeigen, im geöffneten Bild'],
    ['l', 'Link kopieren, im geöffneten Bild'],
    ['e', 'Ausschnitt anpassen, in einer geöffneten Ansicht'],
    [
      'Strg z',
      'Letzten Schritt beim Anpassen, die letzte gespeicherte Änderung oder eben Gelöschtes zurücknehmen',
    ],
    ['?', 'Diese Liste zeigen'],
  ],
}
