import type { Keys } from './keys'
import { plural } from './numbers'

export const theme = {
  system: 'Theme: as the system',
  light: 'Theme: light',
  dark: 'Theme: dark',
}

export const live = {
  connecting: 'Connecting',
  live: 'Live',
  polling: 'Polling',
  offline: 'Offline',
  liveTip: 'Changes arrive at once.',
  pollingTip: 'The live connection broke. Asking for changes every few seconds instead.',
  connectingTip: 'Opening the live connection.',
  offlineTip: 'The server does not answer. Trying again by itself.',
  pause: 'Pause updates',
  resume: 'Resume updates',
  paused: 'Paused',
  waiting: (n: number) => `Paused, ${plural(n, 'change')} waiting`,
}

export const help = {
  title: 'Keys',
  open: 'Keyboard shortcuts',
  single: 'Single-key shortcuts',
  keys: [
    ['/', 'Search'],
    ['a', 'Add addresses'],
    ['Ctrl ↵', 'Fetch the addresses, in their field'],
    ['u', 'Browse files'],
    ['p', 'Pause or resume updates'],
    ['↑ ↓', 'Move between pictures, in the table'],
    ['Home End', 'To the first, to the last picture'],
    ['← →', 'Width of a column, on its edge'],
    ['Enter', 'Open the picture'],
    ['Space', 'Select the picture'],
    ['Shift ↑ ↓', 'Select a range'],
    ['Ctrl a', 'Select all that match'],
    ['Esc', 'Clear the selection'],
    ['r', 'Try the failed picture, or the selected, again'],
    ['c', 'Cancel the picture in work, or the selected'],
    ['Delete', 'Delete the picture, or the selected'],
    ['← →', 'Other view, in an open picture'],
    ['↑ ↓', 'Other picture, in an open picture'],
    ['l', 'Copy the link, in an open picture'],
    ['e', 'Adjust the crop, in an open shot'],
    ['?', 'This list'],
  ] as Keys,
}
