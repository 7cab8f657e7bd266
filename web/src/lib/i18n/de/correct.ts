import type { Texts } from '@/lib/i18n/en'
import { images, number, plural } from './numbers'

export const correct: Texts['correct'] = {
  open: 'Ausschnitt anpassen',
  draw: 'Ausschnitt von Hand ziehen',
  title: (shot) => `Anpassen: ${shot}`,
  frame: (shot) =>
    `Rahmen von ${shot}. Pfeiltasten verschieben ihn, Plus und Minus ändern die Größe, Enter speichert.`,
  goOn: (shot) => `Stattdessen ${shot} anpassen`,
  preview: (shot) => `Vorschau von ${shot}`,
  numbers: 'Lage und Größe des Rahmens in Pixeln des Bildes',
  field: { x: 'Links', y: 'Oben', w: 'Breite', h: 'Höhe' },
  keys: 'Pfeiltasten verschieben den Rahmen, mit Umschalt um zehn. + und − oder Alt mit Pfeiltasten ändern die Größe. Enter speichert, Esc bricht ab.',
  save: 'Ausschnitt speichern',
  cancel: 'Abbrechen',
  reset: 'Wie geplant',
  backNow: 'Geplanten Ausschnitt verwenden',
  saved: (shot) => `${shot}: Ausschnitt gespeichert`,
  back: (shot) => `${shot}: wieder der geplante Ausschnitt`,
  undone: (image, shot) => `${image}, ${shot}: Änderung rückgängig gemacht`,
  by: { hand: 'Von Hand', batch: 'Mit dem Stapel' },
  byTip: {
    hand: 'Dieser Ausschnitt wurde von Hand gezogen. Er bleibt, auch wenn das Bild neu zugeschnitten wird.',
    batch:
      'Dieser Ausschnitt wurde zusammen mit seinem Stapel verschoben. Er bleibt, auch wenn das Bild neu zugeschnitten wird.',
  },
  cutting: 'Wird neu zugeschnitten',
  batch: {
    offer: 'Verschiebung auf den Stapel anwenden',
    title: (shot, batch) => `${shot}: dieselbe Verschiebung auf Stapel ${batch} anwenden`,
    far: 'Dieser Ausschnitt ist zu weit vom geplanten entfernt, um auf andere Bilder angewendet zu werden.',
    what: (x, y, scale) =>
      [
        x === 0
          ? ''
          : `${Math.abs(Math.round(x * 100))} % seiner Breite nach ${x < 0 ? 'links' : 'rechts'}`,
        y === 0
          ? ''
          : `${Math.abs(Math.round(y * 100))} % seiner Höhe nach ${y < 0 ? 'oben' : 'unten'}`,
        `${Math.round(scale * 100)} % seiner Größe`,
      ]
        .filter(Boolean)
        .join(', '),
    looking: (n) => `Der Stapel wird geprüft: ${images(n)}`,
    changes: (n, left) =>
      `${images(n)} würden sich ändern, unten vorher und nachher. Unverändert (von Hand gezogen, in Bearbeitung oder ohne diesen Ausschnitt): ${number(left)}.`,
    applied: (n) => `${images(n)} geändert`,
    progress: 'Fortschritt im Stapel',
    apply: (n) => `Auf ${n} anwenden`,
    cancel: 'Schließen',
    done: (shot, n) => `${shot}: Ausschnitt in ${plural(n, 'Bild', 'Bildern')} verschoben`,
    undone: (shot, n) => `${shot}: in ${plural(n, 'Bild', 'Bildern')} wieder wie geplant`,
    before: (name) => `${name} vorher`,
    after: (name) => `${name} nachher`,
  },
  person: {
    looking: 'Ausschnitte werden geplant',
    would: (n) => `Mit Person ${n}`,
    use: 'Diese Person verwenden',
    used: (n) => `Die Ausschnitte zeigen jetzt Person ${n}`,
    asRecipe: 'Das Rezept wählen lassen',
    recipe: 'Das Rezept wählt die Person wieder',
    undone: (image) => `${image}: Wahl der Person rückgängig gemacht`,
    byHand: 'von Hand gewählt',
    none: 'Von dieser Person lässt sich nichts zuschneiden.',
  },
}
