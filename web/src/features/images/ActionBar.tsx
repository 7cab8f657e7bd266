import { useState } from 'react'
import { Button, IconButton, LinkButton } from '@/components/ui/Button'
import { texts } from '@/lib/i18n'
import { mayHaveShots, zipUrl } from './api/zip'
import styles from './ActionBar.module.css'
import { doBulk } from './bulk-actions'
import type { ShotColumn } from './columns'
import { LayoutDialog } from './LayoutDialog'
import { SelectionBar } from './selection/SelectionBar'
import { useSelection } from './selection/selection'
import { changeView, filterParams, useView } from './view'

interface Props {
  shots: readonly ShotColumn[]
  /** How many match. */
  total: number
}

/** Between search and table: what can be done with the selection, else with all of the view. */
export function ActionBar({ shots, total }: Props) {
  const [layout, setLayout] = useState(false)
  const { ids, all } = useSelection()
  const selecting = all || ids.size > 0
  return (
    <div
      className={[styles['bar'], selecting ? styles['selecting'] : ''].join(' ')}
      data-selecting={selecting || undefined}
    >
      {selecting ? <SelectionBar total={total} /> : <ViewActions total={total} />}
      <IconButton icon="columns" label={texts.layout.open} onClick={() => setLayout(true)} />
      {layout && <LayoutDialog shots={shots} onClose={() => setLayout(false)} />}
    </div>
  )
}

function ViewActions({ total }: { total: number }) {
  const view = useView()
  const target = { filter: filterParams(view) }
  return (
    <>
      <p className={styles['words']}>
        {texts.bulk.count(total)}
        {view.batch && (
          <span className={styles['batch']}>
            {texts.table.inBatch} <strong>{view.batch}</strong>
            <IconButton
              icon="close"
              label={texts.table.allBatches}
              onClick={() => changeView({ batch: '' })}
            />
          </span>
        )}
      </p>
      {view.filter === 'failed' && total > 0 && (
        <Button icon="retry" onClick={() => void doBulk('retry', target, total)}>
          {texts.bulk.retryFailed}
        </Button>
      )}
      {total > 0 && mayHaveShots(target.filter) && (
        <LinkButton
          look="quiet"
          icon="download"
          href={zipUrl(target)}
          download
          aria-label={texts.bulk.zipView}
          data-tip={texts.bulk.zipTip}
        >
          <span className={styles['word']}>{texts.bulk.zip}</span>
        </LinkButton>
      )}
    </>
  )
}
