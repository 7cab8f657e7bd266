const units = ['B', 'kB', 'MB', 'GB', 'TB']

export function formatBytes(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  return `${value < 10 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`
}

const number = new Intl.NumberFormat('en')
export const formatNumber = (value: number) => number.format(value)

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'short' })
const day = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short' })
const full = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium' })

/** "now", "40 sec. ago", "3 hr. ago", then the day. */
export function formatAgo(iso: string, now: number): string {
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
  return Number.isNaN(time) ? '' : full.format(time)
}
