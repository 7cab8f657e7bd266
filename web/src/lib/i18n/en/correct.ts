import { images, number } from './numbers'

export const correct = {
  open: 'Adjust crop',
  draw: 'Draw the crop by hand',
  title: (shot: string) => `Adjust: ${shot}`,
  frame: (shot: string) =>
    `Crop frame of ${shot}. Arrow keys move it, plus and minus resize it, Enter saves it.`,
  goOn: (shot: string) => `Adjust ${shot} instead`,
  preview: (shot: string) => `Preview of ${shot}`,
  numbers: 'Position and size of the frame in pixels of the image',
  field: { x: 'Left', y: 'Top', w: 'Width', h: 'Height' },
  keys: 'Arrow keys move the frame, with Shift by ten. + and −, or Alt with arrow keys, resize it. Enter saves, Esc cancels.',
  save: 'Save crop',
  cancel: 'Cancel',
  reset: 'As planned',
  backNow: 'Use the planned crop',
  saved: (shot: string) => `${shot}: crop saved`,
  back: (shot: string) => `${shot}: planned crop is used again`,
  undone: (image: string, shot: string) => `${image}, ${shot}: change undone`,
  by: { hand: 'By hand', batch: 'With its batch' },
  byTip: {
    hand: 'This crop was drawn by hand. It stays when the image is re-cut.',
    batch: 'This crop was shifted together with its batch. It stays when the image is re-cut.',
  },
  cutting: 'Re-cutting',
  batch: {
    offer: 'Apply this shift to the batch',
    title: (shot: string, batch: string) => `${shot}: apply the same shift to batch ${batch}`,
    far: 'This crop is too far from the planned one to be applied to other images.',
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
    looking: (n: number) => `Checking the batch: ${images(n)}`,
    changes: (n: number, left: number) =>
      `${images(n)} would change, shown before and after. Unchanged (drawn by hand, processing, or without this shot): ${number(left)}.`,
    applied: (n: number) => `${images(n)} changed`,
    progress: 'Progress through the batch',
    apply: (n: string) => `Apply to ${n}`,
    cancel: 'Close',
    done: (shot: string, n: number) => `${shot}: crop shifted in ${images(n)}`,
    undone: (shot: string, n: number) => `${shot}: planned crop is used again in ${images(n)}`,
    before: (name: string) => `${name} before`,
    after: (name: string) => `${name} after`,
  },
  person: {
    looking: 'Planning the shots',
    would: (n: number) => `With person ${n}`,
    use: 'Use this person',
    used: (n: number) => `The shots now show person ${n}`,
    asRecipe: 'Let the recipe choose',
    recipe: 'The recipe chooses the person again',
    undone: (image: string) => `${image}: choice of the person undone`,
    byHand: 'chosen by hand',
    none: 'No shot can be cut of this person.',
  },
}
