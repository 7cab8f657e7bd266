const units = ['B', 'kB', 'MB', 'GB', 'TB']

/** Formats numbers and times in one language. The Intl objects are slow to create, so they are created once. */
export function createFormat(language: string) {
  const numbers = new Intl.NumberFormat(language)
  const decimals = new Intl.NumberFormat(language, {
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
  })
  const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto', style: 'short' })
  const day = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short' })
  const full = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium' })
  return {
    number: (value: number) => numbers.format(value),

    bytes(bytes: number): string {
      let value = bytes
      let unit = 0
      while (value >= 1000 && unit < units.length - 1) {
        value /= 1000
        unit++
      }
      const text = value < 10 && unit > 0 ? decimals.format(value) : String(Math.round(value))
      return `${text} ${units[unit]}`
    },

    /** "now", "40 sec. ago", "3 hr. ago"; the date when it is more than a day ago. */
    ago(iso: string, now: number): string {
      const seconds = Math.round((Date.parse(iso) - now) / 1000)
      if (Number.isNaN(seconds)) return ''
      if (seconds > -5) return relative.format(0, 'second')
      if (seconds > -60) return relative.format(Math.ceil(seconds / 10) * 10, 'second')
      if (seconds > -3600) return relative.format(Math.ceil(seconds / 60), 'minute')
      if (seconds > -86_400) return relative.format(Math.ceil(seconds / 3600), 'hour')
      return day.format(Date.parse(iso))
    },

    full(iso: string): string {
      const time = Date.parse(iso)
      return Number.isNaN(time) ? '' : full.format(time)
    },
  }
}

export type Format = ReturnType<typeof createFormat>
