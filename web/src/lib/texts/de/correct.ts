import type { Texts } from '@/lib/texts/en'
import { number, pictures, plural } from './numbers'

export const correct: Texts['correct'] = {
  open: 'Ausschnitt anpassen',
  draw: 'Ausschnitt von Hand ziehen',
  title: (shot) => `Anpassen: ${shot}`,
  frame: (shot) =>
    `Rahmen von ${shot}. Pfeiltasten verschieben ihn, Plus und Minus ändern die Größe, Enter speichert.`,
  goOn: (shot) => `Stattdessen ${shot} anpassen`,
  preview: (shot) => `Was ${shot} zeigen wird`,
  numbers: 'Der Rahmen in Pixeln des Fotos',
  field: { x: 'Links', y: 'Oben', w: 'Breite', h: 'Höhe' },
  keys: 'Pfeile verschieben, mit Umschalt um zehn. + und − ändern die Größe, oder Alt mit Pfeilen. Enter speichert, Esc bricht ab.',
  save: 'Ausschnitt speichern',
  cancel: 'Abbrechen',
  reset: 'Wie geplant',
  backNow: 'Zurück zum geplanten Ausschnitt',
  saved: (shot) => `${shot}: Ausschnitt von Hand gesetzt`,
  back: (shot) => `${shot}: Ausschnitt wieder wie geplant`,
  by: { hand: 'Von Hand', batch: 'Mit dem Stapel' },
  byTip: {
    hand: 'Diesen Ausschnitt hat ein Mensch gezogen. Er bleibt, auch wenn neu geschnitten wird.',
    batch:
      'Dieser Ausschnitt wurde mit dem Stapel verschoben. Er bleibt, auch wenn neu geschnitten wird.',
  },
  cutting: 'Wird neu geschnitten',
  batch: {
    offer: 'Gleich verschieben im Stapel',
    title: (shot, batch) => `${shot}: dieselbe Verschiebung für Stapel ${batch}`,
    far: 'Dieser Ausschnitt liegt zu weit vom geplanten, um auf andere Bilder übertragen zu werden.',
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
    looking: (n) => `Der Stapel wird durchgesehen: ${pictures(n)}`,
    changes: (n, left) =>
      `Ändern würden sich ${pictures(n)}, unten vorher und nachher. Unverändert (von Hand gezogen, in Arbeit oder ohne diesen Ausschnitt): ${number(left)}.`,
    applied: (n) => `${pictures(n)} geändert`,
    progress: 'Fortschritt durch den Stapel',
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
    use: 'Diese Person nehmen',
    used: (n) => `Die Ausschnitte zeigen jetzt Person ${n}`,
    asRecipe: 'Das Rezept wählen lassen',
    recipe: 'Das Rezept wählt die Person wieder',
    byHand: 'von Hand gewählt',
    none: 'Von dieser Person lässt sich nichts ausschneiden.',
  },
}
