import { type ReactNode, useEffect, useMemo } from 'react'
import { Button } from '@/components/ui/Button'
import { errorText } from '@/lib/api/error'
import { useLimits } from '@/lib/api/limits'
import type { Image } from '@/lib/api/types'
import { texts } from '@/lib/texts'
import { ActionBar } from './ActionBar'
import { useImages } from './api/list-images'
import type { ShotColumn } from './columns'
import { ImageDialog } from './ImageDialog'
import styles from './ImagesPanel.module.css'
import { ImageTable } from './ImageTable'
import { useLeaving } from './leaving'
import { Pager } from './Pager'
import { clearSelection } from './selection/selection'
import { Toolbar } from './Toolbar'
import { changeView, filterKey, listParams, useView } from './view'

interface Props {
  /** The ways in, large while there is nothing at all. */
  intake: (empty: boolean) => ReactNode
}

export function ImagesPanel({ intake }: Props) {
  const view = useView()
  const { data, error, isPlaceholderData, refetch } = useImages(listParams(view))
  const leaving = useLeaving()
  const images = useMemo(
    () => data?.images.filter(({ id }) => !leaving.has(id)) ?? [],
    [data, leaving],
  )
  const shots = useShotColumns(images)
  const page = useMemo(() => images.map(({ id }) => id), [images])
  // What was chosen is not in sight any more.
  const shown = filterKey(view)
  useEffect(clearSelection, [shown])
  const counts = data?.counts
  const empty = counts !== undefined && counts.pending + counts.processed + counts.failed === 0

  return (
    <main className={styles['panel']}>
      {intake(empty)}
      {!empty && <Toolbar counts={counts} />}
      {error && !data && (
        <div className={styles['message']} role="alert">
          <p className={styles['title']}>{texts.table.loadFailed}</p>
          <p>{errorText(error)}</p>
          <Button icon="retry" onClick={() => void refetch()}>
            {texts.table.again}
          </Button>
        </div>
      )}
      {!data && !error && <Loading />}
      {data && !empty && images.length === 0 && <Nothing />}
      {data && !empty && <ActionBar shots={shots} page={page} total={data.total} />}
      {data && images.length > 0 && (
        <ImageTable
          images={images}
          shots={shots}
          total={data.total}
          offset={view.page * view.size}
          old={isPlaceholderData}
        />
      )}
      {data && !empty && <Pager total={data.total} shown={data.images.length} />}
      {view.image !== null && <ImageDialog id={view.image} images={images} />}
    </main>
  )
}

/** As the server names them; before that, what the images have. */
function useShotColumns(images: readonly Image[]): readonly ShotColumn[] {
  const named = useLimits()?.shots
  const found = useMemo(() => {
    const titles = new Map<string, string>()
    for (const { shots } of images) for (const { label, title } of shots) titles.set(label, title)
    return [...titles].map(([label, title]) => ({ label, title }))
  }, [images])
  return named ?? found
}

function Nothing() {
  return (
    <div className={styles['message']}>
      <p className={styles['title']}>{texts.table.nothing}</p>
      <p>{texts.table.nothingHint}</p>
      <Button onClick={() => changeView({ q: '', filter: '', batch: '' })}>
        {texts.table.showAll}
      </Button>
    </div>
  )
}

const GHOSTS = [0, 1, 2, 3, 4, 5]

function Loading() {
  return (
    <div className={styles['ghosts']} role="status">
      <span className="visually-hidden">{texts.table.loading}</span>
      {GHOSTS.map((one) => (
        <div key={one} className={styles['ghost']} />
      ))}
    </div>
  )
}
