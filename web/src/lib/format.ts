import { getLanguage } from './i18n'

const units = ['B', 'kB', 'MB', 'GB', 'TB']

export function formatBytes(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  const text = value < 10 && unit > 0 ? value.toFixed(1) : String(Math.round(value))
  return `${getLanguage() === 'de' ? text.replace('.', ',') : text} ${units[unit]}`
}

const formats = (language: string) => ({
  number: new Intl.NumberFormat(language),
  relative: new Intl.RelativeTimeFormat(language, { numeric: 'auto', style: 'short' }),
  day: new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short' }),
  full: new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium' }),
})

const made = new Map<string, ReturnType<typeof formats>>()

/** Costly to make, so once a language. */
function format() {
  const language = getLanguage()
  const known = made.get(language) ?? formats(language)
  made.set(language, known)
  return known
}

export const formatNumber = (value: number) => format().number.format(value)

/** "now", "40 sec. ago", "3 hr. ago", then the day. */
export function formatAgo(iso: string, now: number): string {
  const { relative, day } = format()
  const seconds = Math.round((Date.parse(iso) - now) / 1000)
  if (Number.isNaN(seconds)) return ''
  if (seconds > -5) return relative.format(0, 'second')
  if (seconds > -60) return relative.format(Math.ceil(seconds / 10) * 10, 'second')
  if (seconds > -3600) return relative.format(Math.ceil(seconds / 60), 'minute')
  if (seconds > -86_400) return relative.format(Math.ceil(seconds / 3600), 'hour')
  return day.format(Date.parse(iso))
}

export function formatFull(iso: string): string {
  const time = Date.parse(iso)
  return Number.isNaN(time) ? '' : format().full.format(time)
}
