import { number, of, pictures } from './numbers'

export const bulk = {
  count: pictures,
  retryFailed: 'Retry all failed',
  zip: 'ZIP',
  zipView: 'Download ZIP of this view',
  zipTip: 'All shots of this view in one file, with a list of them',
  zipSelected: 'Download ZIP of the selected',
  name: { retry: 'Retry', cancel: 'Cancel', delete: 'Delete' },
  ofSelected: {
    retry: 'Retry the selected',
    cancel: 'Cancel the selected',
    delete: 'Delete the selected',
  },
  done: {
    retry: (n: number) => `${pictures(n)} queued again`,
    cancel: (n: number) => `${pictures(n)} cancelled`,
    delete: (n: number) => `${pictures(n)} deleted`,
  },
  none: {
    retry: 'No picture was queued again',
    cancel: 'No picture was cancelled',
    delete: 'No picture was deleted',
  },
  skipped: (n: number, why: string) => `${number(n)} left out: ${why}`,
  running: {
    retry: (n: number, all: number) => `Queuing again: ${of(n, all)}`,
    cancel: (n: number, all: number) => `Cancelling: ${of(n, all)}`,
    delete: (n: number, all: number) => `Deleting: ${of(n, all)}`,
  },
  stop: 'Stop',
  stopped: 'Stopped on the way.',
  confirm: {
    retry: {
      title: (n: number) => `Try ${pictures(n)} again?`,
      text: 'Of all that match this search and filter, the failed ones are queued again.',
      yes: 'Retry them',
      no: 'Leave them',
    },
    cancel: {
      title: (n: number) => `Cancel ${pictures(n)}?`,
      text: 'Of all that match this search and filter, those in work are given up. They can be tried again.',
      yes: 'Cancel them',
      no: 'Let them run',
    },
    delete: {
      title: (n: number) => `Delete ${pictures(n)}?`,
      text: 'All that match this search and filter go, with their shots. It cannot be undone.',
      yes: 'Delete them',
      no: 'Keep them',
    },
  },
}
