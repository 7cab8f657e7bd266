import type { Texts } from '@/lib/i18n/en'
import { images, number, of } from './numbers'

export const bulk: Texts['bulk'] = {
  count: images,
  retryFailed: 'Alle fehlgeschlagenen wiederholen',
  zip: 'ZIP',
  zipView: 'Alle passenden Bilder als ZIP-Datei herunterladen',
  zipTip: 'Die Ausschnitte aller passenden Bilder in einer Datei, mit einer Liste',
  zipSelected: 'Auswahl als ZIP-Datei herunterladen',
  zipNone: 'Nur fertige Bilder haben Ausschnitte zum Herunterladen.',
  name: { retry: 'Wiederholen', cancel: 'Abbrechen', delete: 'Löschen' },
  ofSelected: {
    retry: 'Auswahl wiederholen',
    cancel: 'Auswahl abbrechen',
    delete: 'Auswahl löschen',
  },
  done: {
    retry: (n) => `${images(n)} wieder in der Warteschlange`,
    cancel: (n) => `${images(n)} abgebrochen`,
    delete: (n) => `${images(n)} gelöscht`,
  },
  none: {
    retry: 'Kein Bild kam wieder in die Warteschlange',
    cancel: 'Kein Bild wurde abgebrochen',
    delete: 'Kein Bild wurde gelöscht',
  },
  skipped: (n, why) => `${number(n)} übersprungen: ${why}`,
  running: {
    retry: (n, all) => `Wieder in die Warteschlange: ${of(n, all)}`,
    cancel: (n, all) => `Abbrechen: ${of(n, all)}`,
    delete: (n, all) => `Löschen: ${of(n, all)}`,
  },
  stop: 'Anhalten',
  stopped: 'Angehalten, bevor alle erledigt waren.',
  confirm: {
    retry: {
      title: (n) => `${images(n)} wiederholen?`,
      text: 'Alle fehlgeschlagenen Bilder, die zu Suche und Filter passen, kommen wieder in die Warteschlange.',
      yes: 'Wiederholen',
      no: 'Nicht wiederholen',
    },
    cancel: {
      title: (n) => `${images(n)} abbrechen?`,
      text: 'Alle Bilder in Bearbeitung, die zu Suche und Filter passen, werden abgebrochen. Sie lassen sich später wiederholen.',
      yes: 'Bearbeitung abbrechen',
      no: 'Weiter bearbeiten',
    },
    delete: {
      title: (n) => `${images(n)} löschen?`,
      text: 'Alle Bilder, die zu Suche und Filter passen, werden mit ihren Ausschnitten gelöscht. Das lässt sich nicht rückgängig machen.',
      yes: 'Löschen',
      no: 'Behalten',
    },
  },
}
