import { useEffect, useRef, useState } from 'react'
import { IconButton } from '@/components/ui/Button'
import { Icon } from '@/components/ui/Icon'
import type { Counts } from '@/lib/api/types'
import { useLocale, useTexts } from '@/lib/i18n'
import styles from './Toolbar.module.css'
import { useChangeView, filters, useView, type View } from '@/lib/view'

export const SEARCH_ID = 'search-images'
const TYPING_MS = 250

export function Toolbar({ counts }: { counts: Counts | undefined }) {
  const { texts, format } = useLocale()
  const { filter } = useView()
  const changeView = useChangeView()
  return (
    <div className={styles['bar']}>
      <div className={styles['filters']} role="group" aria-label={texts.table.filters}>
        {filters.map((one) => (
          <button
            key={one}
            type="button"
            className={styles['filter']}
            aria-pressed={filter === one}
            onClick={() => changeView({ filter: one })}
          >
            {texts.table[one || 'all']}{' '}
            <span className={[styles['count'], styles[one || 'all']].join(' ')}>
              {counts ? format.number(countOf(counts, one)) : ''}
            </span>
          </button>
        ))}
      </div>
      <Search />
    </div>
  )
}

function countOf(counts: Counts, filter: View['filter']): number {
  return filter === '' ? counts.pending + counts.processed + counts.failed : counts[filter]
}

function Search() {
  const texts = useTexts()
  const { q } = useView()
  const changeView = useChangeView()
  const [text, setText] = useState(q)
  const input = useRef<HTMLInputElement>(null)

  useEffect(() => setText(q), [q])
  useEffect(() => {
    if (text === q) return
    const timer = setTimeout(() => changeView({ q: text.slice(0, 200) }, true), TYPING_MS)
    return () => clearTimeout(timer)
  }, [changeView, text, q])

  return (
    <div className={styles['search']} role="search">
      <Icon name="search" />
      <input
        ref={input}
        id={SEARCH_ID}
        type="search"
        aria-label={texts.table.search}
        placeholder={texts.table.searchPlaceholder}
        value={text}
        maxLength={200}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => event.key === 'Escape' && setText('')}
      />
      {text !== '' && (
        <IconButton
          icon="close"
          label={texts.table.searchClear}
          onClick={() => {
            setText('')
            input.current?.focus()
          }}
        />
      )}
    </div>
  )
}
