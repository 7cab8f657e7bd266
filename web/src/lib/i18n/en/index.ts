import { help, live, theme } from './app'
import { bulk } from './bulk'
import { correct } from './correct'
import { errors } from './errors'
import { actions, detail, shot } from './image'
import { reasons } from './reasons'
import { recipes } from './recipes'
import { review } from './review'
import { layout, progress, select, stage, table } from './table'
import { upload, urls } from './upload'

/** All texts of the page. The other languages have the same shape. */
export const en = {
  languageCode: 'EN',
  languageNext: 'EN, language: English. Switch to the next language',
  title: 'PoseCraft',
  httpStatus: (status: number) => `The server responded with status ${status}.`,
  close: 'Close',
  dismiss: 'Dismiss',
  undo: 'Undo',
  notices: 'Notifications',
  andMore: (n: number) => `and ${n} more`,
  errors,
  reasons,
  theme,
  live,
  upload,
  urls,
  table,
  layout,
  select,
  bulk,
  stage,
  progress,
  shot,
  actions,
  detail,
  correct,
  review,
  recipes,
  help,
}

export type Texts = typeof en
