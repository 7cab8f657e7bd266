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

/** Every word of the page stands in this folder, and in the same shape in the other languages. */
export const en = {
  languageCode: 'EN',
  languageNext: 'EN, language: English. Change it',
  title: 'PoseCraft',
  httpStatus: (status: number) => `The server answered ${status}.`,
  close: 'Close',
  dismiss: 'Dismiss',
  undo: 'Undo',
  notices: 'Notices',
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
