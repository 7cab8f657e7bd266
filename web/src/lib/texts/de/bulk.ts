import type { Texts } from '@/lib/texts/en'
import { number, of, pictures } from './numbers'

export const bulk: Texts['bulk'] = {
  count: pictures,
  retryFailed: 'Alle Fehler noch einmal',
  zip: 'ZIP',
  zipView: 'Diese Ansicht als ZIP laden',
  zipTip: 'Alle Ausschnitte dieser Ansicht in einer Datei, mit einer Liste',
  zipSelected: 'Ausgewählte als ZIP laden',
  name: { retry: 'Noch einmal', cancel: 'Abbrechen', delete: 'Löschen' },
  ofSelected: {
    retry: 'Ausgewählte noch einmal versuchen',
    cancel: 'Ausgewählte abbrechen',
    delete: 'Ausgewählte löschen',
  },
  done: {
    retry: (n) => `${pictures(n)} wieder in der Warteschlange`,
    cancel: (n) => `${pictures(n)} abgebrochen`,
    delete: (n) => `${pictures(n)} gelöscht`,
  },
  none: {
    retry: 'Kein Bild wurde noch einmal gestartet',
    cancel: 'Kein Bild wurde abgebrochen',
    delete: 'Kein Bild wurde gelöscht',
  },
  skipped: (n, why) => `${number(n)} ausgelassen: ${why}`,
  running: {
    retry: (n, all) => `Kommen wieder in die Warteschlange: ${of(n, all)}`,
    cancel: (n, all) => `Werden abgebrochen: ${of(n, all)}`,
    delete: (n, all) => `Werden gelöscht: ${of(n, all)}`,
  },
  stop: 'Anhalten',
  stopped: 'Unterwegs angehalten.',
  confirm: {
    retry: {
      title: (n) => `${pictures(n)} noch einmal versuchen?`,
      text: 'Von allen, die zu Suche und Filter passen, kommen die mit Fehler wieder in die Warteschlange.',
      yes: 'Noch einmal',
      no: 'Lassen',
    },
    cancel: {
      title: (n) => `${pictures(n)} abbrechen?`,
      text: 'Von allen, die zu Suche und Filter passen, werden die in Arbeit aufgegeben. Sie können noch einmal versucht werden.',
      yes: 'Abbrechen',
      no: 'Weiterlaufen lassen',
    },
    delete: {
      title: (n) => `${pictures(n)} löschen?`,
      text: 'Alle, die zu Suche und Filter passen, verschwinden mit ihren Ausschnitten. Das lässt sich nicht rückgängig machen.',
      yes: 'Löschen',
      no: 'Behalten',
    },
  },
}
