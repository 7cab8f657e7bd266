import type { Texts } from '@/lib/i18n'
/** Common reasons, in the order of their number keys. The server stores these names, so that the rates are
 * the same in every language. */
export const REASONS = [
  'wrong_person',
  'cut_off',
  'too_wide',
  'too_tight',
  'face_shown',
  'hidden',
  'blurred',
  'wrong_view',
  'bad_photo',
] as const

/** The text of a reason; a reason that somebody typed stays as it is. */
export const rejectionText = (reason: string, texts: Texts): string =>
  (texts.review.reasons as Partial<Record<string, string>>)[reason] ?? reason
