import { type ComponentType, useState } from 'react'
import { Button, IconButton } from '@/components/ui/Button'
import { useTexts } from '@/lib/i18n'
import styles from './ActionBar.module.css'
import { useImagesServices, useSelection } from '@/features/images/services'
import type { ShotColumn } from '@/features/images/table/columns'
import { LayoutDialog } from '@/features/images/table/LayoutDialog'
import { type RecutDialogProps, SelectionBar } from './SelectionBar'
import { ZipButton } from './ZipButton'
import { filterParams, useChangeView, useView } from '@/lib/view'

interface Props {
  shots: readonly ShotColumn[]
  /** How many images match. */
  total: number
  RecutDialog: ComponentType<RecutDialogProps>
}

/** The bar above the table: actions on the selection, or on the whole view if nothing is selected. */
export function ActionBar({ shots, total, RecutDialog }: Props) {
  const texts = useTexts()
  const [layout, setLayout] = useState(false)
  const { ids, all } = useSelection()
  const selecting = all || ids.size > 0
  return (
    <div
      className={[styles['bar'], selecting ? styles['selecting'] : ''].join(' ')}
      data-selecting={selecting || undefined}
    >
      {selecting ? (
        <SelectionBar total={total} RecutDialog={RecutDialog} />
      ) : (
        <ViewActions total={total} />
      )}
      <IconButton icon="columns" label={texts.layout.open} onClick={() => setLayout(true)} />
      {layout && <LayoutDialog shots={shots} onClose={() => setLayout(false)} />}
    </div>
  )
}

function ViewActions({ total }: { total: number }) {
  const texts = useTexts()
  const view = useView()
  const changeView = useChangeView()
  const { bulk } = useImagesServices()
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
        <Button icon="retry" onClick={() => void bulk.run('retry', target, total)}>
          {texts.bulk.retryFailed}
        </Button>
      )}
      {total > 0 && (
        <ZipButton target={target} label={texts.bulk.zipView} tip={texts.bulk.zipTip} />
      )}
    </>
  )
}
