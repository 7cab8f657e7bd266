import { useId } from 'react'
import { IconButton } from '@/components/ui/Button'
import { texts } from '@/lib/texts'
import styles from './Pager.module.css'
import { changeView, sizes, useView } from './view'

export function Pager({ total, shown }: { total: number; shown: number }) {
  const { page, size } = useView()
  const id = useId()
  const from = page * size
  const move = (to: number) => {
    changeView({ page: to })
    window.scrollTo({ top: 0 })
  }
  return (
    <nav className={styles['pager']} aria-label={texts.table.page(from + 1, from + shown, total)}>
      <label className={styles['rows']} htmlFor={id}>
        {texts.table.rows}
      </label>
      <select
        id={id}
        value={size}
        onChange={({ target }) => {
          const next = sizes.find((one) => String(one) === target.value)
          if (next) changeView({ size: next })
        }}
      >
        {sizes.map((one) => (
          <option key={one}>{one}</option>
        ))}
      </select>
      <p className={styles['where']}>
        {total > 0 ? texts.table.page(from + 1, from + shown, total) : texts.table.none}
      </p>
      <IconButton
        icon="left"
        label={texts.table.previous}
        disabled={page === 0}
        onClick={() => move(page - 1)}
      />
      <IconButton
        icon="right"
        label={texts.table.next}
        disabled={from + size >= total}
        onClick={() => move(page + 1)}
      />
    </nav>
  )
}
