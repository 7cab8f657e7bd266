import type { Keys } from './keys'
import { plural } from './numbers'

export const theme = {
  system: 'Theme: same as the system',
  light: 'Theme: light',
  dark: 'Theme: dark',
}

export const live = {
  connecting: 'Connecting',
  live: 'Live',
  polling: 'Polling',
  offline: 'Offline',
  liveTip: 'Changes appear immediately.',
  pollingTip:
    'The live connection was lost. The page checks for changes every few seconds instead.',
  connectingTip: 'The live connection is being opened.',
  offlineTip: 'The server does not respond. The page keeps trying.',
  pause: 'Pause updates',
  resume: 'Resume updates',
  paused: 'Paused',
  waiting: (n: number) => `Paused, ${plural(n, 'change')} waiting`,
}

export const help = {
  title: 'Help',
  open: 'Help and keyboard shortcuts',
  single: 'Use single-key shortcuts',
  keysTitle: 'Shortcuts',
  states: 'States of a shot',
  state: {
    partial:
      'Only part of what the view should show is in the shot, because the rest is outside the photo.',
    absent: 'There is no shot, because the photo does not show what the view is about.',
    review: 'There is a shot, but PoseCraft is not certain of it. Please check it.',
  },
  api: 'How programs use this service: the API',
  keys: [
    ['/', 'Search'],
    ['a', 'Add URLs'],
    ['Ctrl ↵', 'Fetch the URLs, in their text field'],
    ['u', 'Browse files'],
    ['p', 'Pause or resume updates'],
    ['↑ ↓', 'Go to the previous or next image, in the table'],
    ['Home End', 'Go to the first or last image'],
    ['← →', 'Change the width of a column, on its edge'],
    ['Enter', 'Open the image'],
    ['Space', 'Select the image'],
    ['Shift ↑ ↓', 'Select a range'],
    ['Ctrl a', 'Select all matching images'],
    ['Esc', 'Clear the selection'],
    ['r', 'Retry the failed image or the selection'],
    ['c', 'Cancel the image that is processing, or the selection'],
    ['Delete', 'Delete the image or the selection'],
    ['← →', 'Show another view, in an open image'],
    ['↑ ↓', 'Show another image, in an open image'],
    ['l', 'Copy the link, in an open image'],
    ['e', 'Adjust the crop, in an open shot'],
    ['Ctrl z', 'Undo the last step of an edit, the last saved edit, or what was just deleted'],
    ['?', 'Show this list'],
  ] as Keys,
}
