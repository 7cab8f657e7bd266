const paths = {
  plus: 'M12 5v14M5 12h14',
  link: 'M10 14a4 4 0 0 0 5.7 0l3-3a4 4 0 0 0-5.7-5.7l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3a4 4 0 0 0 5.7 5.7l1-1',
  upload: 'M12 16V5M7.5 9.5 12 5l4.5 4.5M5 19h14',
  search: 'M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM20 20l-4-4',
  close: 'M6 6l12 12M18 6 6 18',
  retry: 'M4 12a8 8 0 1 0 2.5-5.8L4 8.5M4 4v4.5h4.5',
  trash: 'M5 7h14M10 7V5h4v2M7 7l1 12h8l1-12M10.5 10.5v5M13.5 10.5v5',
  sun: 'M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6 7 7M17 17l1.4 1.4M18.4 5.6 17 7M7 17l-1.4 1.4',
  moon: 'M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10Z',
  system: 'M4 5h16v11H4zM9 20h6M12 16v4',
  pause: 'M9 6v12M15 6v12',
  play: 'M8 5.5v13l10-6.5z',
  left: 'M14.5 6 8.5 12l6 6',
  right: 'M9.5 6l6 6-6 6',
  up: 'M6 14.5 12 8.5l6 6',
  down: 'M6 9.5l6 6 6-6',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  alert: 'M12 8v5M12 16.2v.3M12 3.5 21 19.5H3z',
  info: 'M12 11v5M12 7.7v.3M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Z',
  help: 'M9.2 9.3a2.9 2.9 0 1 1 4 2.7c-.8.4-1.2.9-1.2 1.9M12 16.8v.3M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Z',
  download: 'M12 5v11M7.5 11.5 12 16l4.5-4.5M5 19h14',
  stop: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM5.7 5.7l12.6 12.6',
  columns: 'M4 5h16v14H4zM9.3 5v14M14.7 5v14',
  person: 'M12 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM5 20c.6-4 3.3-6 7-6s6.4 2 7 6',
  undo: 'M9 14 4 9l5-5M4 9h10a6 6 0 0 1 0 12h-3',
  crop: 'M7 3v14h14M3 7h14v14',
  hand: 'M9 11V5.5a1.5 1.5 0 0 1 3 0V11M12 10.5v-6a1.5 1.5 0 0 1 3 0v6M15 11V6.5a1.5 1.5 0 0 1 3 0V14a7 7 0 0 1-7 7c-2.5 0-4-1-5.5-3.3L3.2 14a1.4 1.4 0 0 1 2.2-1.7L9 15.5',
  batch: 'M8 8h12v12H8zM4 16V4h12',
  recipe: 'M6 4h9l3 3v13H6zM9.5 10h5M9.5 13.5h5M9.5 17h3',
  image: 'M4 5h16v14H4zM4 16l5-5 4 4 2-2 5 4M15 9.5v.1',
} as const

export type IconName = keyof typeof paths

export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.75"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={paths[name]} />
    </svg>
  )
}
