import type { Texts } from '@/lib/i18n/en'
import { help, live, theme } from './app'
import { bulk } from './bulk'
import { correct } from './correct'
import { errors } from './errors'
import { actions, detail, shot } from './image'
import { number } from './numbers'
import { reasons } from './reasons'
import { recipes } from './recipes'
import { review } from './review'
import { layout, progress, select, stage, table } from './table'
import { upload, urls } from './upload'

export const de: Texts = {
  languageCode: 'DE',
  languageNext: 'DE, Sprache: Deutsch. Zur nächsten Sprache wechseln',
  title: 'PoseCraft',
  httpStatus: (status) => `Der Server hat mit Status ${status} geantwortet.`,
  close: 'Schließen',
  dismiss: 'Ausblenden',
  undo: 'Rückgängig',
  notices: 'Benachrichtigungen',
  andMore: (n) => `und ${number(n)} weitere`,
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
