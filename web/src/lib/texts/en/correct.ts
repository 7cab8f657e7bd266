import { number, pictures } from './numbers'

export const correct = {
  open: 'Adjust crop',
  draw: 'Draw the crop by hand',
  title: (shot: string) => `Adjust: ${shot}`,
  frame: (shot: string) =>
    `Crop frame of ${shot}. Arrow keys move it, plus and minus size it, Enter saves.`,
  goOn: (shot: string) => `Adjust ${shot} instead`,
  preview: (shot: string) => `What ${shot} will show`,
  numbers: 'The frame in pixels of the photo',
  field: { x: 'Left', y: 'Top', w: 'Width', h: 'Height' },
  keys: 'Arrows move, Shift by ten. + and − size, or Alt with arrows. Enter saves, Esc cancels.',
  save: 'Save crop',
  cancel: 'Cancel',
  reset: 'As planned',
  backNow: 'Back to the planned crop',
  saved: (shot: string) => `${shot}: crop set by hand`,
  back: (shot: string) => `${shot}: crop as planned again`,
  by: { hand: 'By hand', batch: 'With the batch' },
  byTip: {
    hand: 'A person drew this crop. It stays when the picture is cut anew.',
    batch: 'This crop was moved with its batch. It stays when the picture is cut anew.',
  },
  cutting: 'Cutting anew',
  batch: {
    offer: 'Same shift for the batch',
    title: (shot: string, batch: string) => `${shot}: the same shift for batch ${batch}`,
    far: 'This crop is too far from the planned one to be carried over to other pictures.',
    what: (x: number, y: number, scale: number) =>
      [
        x === 0
          ? ''
          : `${Math.abs(Math.round(x * 100))}% of its width to the ${x < 0 ? 'left' : 'right'}`,
        y === 0 ? '' : `${Math.abs(Math.round(y * 100))}% of its height ${y < 0 ? 'up' : 'down'}`,
        `${Math.round(scale * 100)}% of its size`,
      ]
        .filter(Boolean)
        .join(', '),
    looking: (n: number) => `Looking at the batch: ${pictures(n)}`,
    changes: (n: number, left: number) =>
      `${pictures(n)} would change, before and after below. Left as they are (drawn by hand, in work, or without this shot): ${number(left)}.`,
    applied: (n: number) => `${pictures(n)} changed`,
    progress: 'Progress through the batch',
    apply: (n: string) => `Apply to ${n}`,
    cancel: 'Close',
    done: (shot: string, n: number) => `${shot}: crop moved in ${pictures(n)}`,
    undone: (shot: string, n: number) => `${shot}: as planned again in ${pictures(n)}`,
    before: (name: string) => `${name} before`,
    after: (name: string) => `${name} after`,
  },
  person: {
    looking: 'Planning the shots',
    would: (n: number) => `With person ${n}`,
    use: 'Use this person',
    used: (n: number) => `The shots show person ${n} now`,
    asRecipe: 'Let the recipe choose',
    recipe: 'The recipe chooses the person again',
    byHand: 'chosen by hand',
    none: 'No shot could be cut of this person.',
  },
}
