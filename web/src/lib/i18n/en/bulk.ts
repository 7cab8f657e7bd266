import { images, number, of } from './numbers'

export const bulk = {
  count: images,
  retryFailed: 'Retry all failed',
  zip: 'ZIP',
  zipView: 'Download all matching images as a ZIP file',
  zipTip: 'The shots of all images that match, in one file, with a list of them',
  zipSelected: 'Download the selection as a ZIP file',
  zipNone: 'Only images that are ready have shots to download.',
  name: { retry: 'Retry', cancel: 'Cancel', delete: 'Delete' },
  ofSelected: {
    retry: 'Retry the selection',
    cancel: 'Cancel the selection',
    delete: 'Delete the selection',
  },
  done: {
    retry: (n: number) => `${images(n)} queued again`,
    cancel: (n: number) => `${images(n)} cancelled`,
    delete: (n: number) => `${images(n)} deleted`,
  },
  none: {
    retry: 'No image was queued again',
    cancel: 'No image was cancelled',
    delete: 'No image was deleted',
  },
  skipped: (n: number, why: string) => `${number(n)} skipped: ${why}`,
  running: {
    retry: (n: number, all: number) => `Queuing again: ${of(n, all)}`,
    cancel: (n: number, all: number) => `Cancelling: ${of(n, all)}`,
    delete: (n: number, all: number) => `Deleting: ${of(n, all)}`,
  },
  stop: 'Stop',
  stopped: 'Stopped before all were done.',
  confirm: {
    retry: {
      title: (n: number) => `Retry ${images(n)}?`,
      text: 'Every failed image that matches this search and filter is queued again.',
      yes: 'Retry',
      no: 'Do not retry',
    },
    cancel: {
      title: (n: number) => `Cancel ${images(n)}?`,
      text: 'Every image that is processing and matches this search and filter is cancelled. You can retry it later.',
      yes: 'Cancel processing',
      no: 'Keep processing',
    },
    delete: {
      title: (n: number) => `Delete ${images(n)}?`,
      text: 'All images that match this search and filter are deleted, with their shots. This cannot be undone.',
      yes: 'Delete',
      no: 'Keep',
    },
  },
}
