import { texts } from '@/lib/i18n'

/** Common reasons, in the order of their number keys. They are kept by these names, so that the rates
 * count alike in every language. */
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

/** The reason in words; what a person wrote stays as it is. */
export const reasonWords = (reason: string): string =>
  (texts.review.reasons as Partial<Record<string, string>>)[reason] ?? reason
