import { type ComponentProps, lazy, Suspense, useMemo, useState } from 'react'
import { Snackbars } from '@/components/ui/Snackbars'
import { Tooltips } from '@/components/ui/Tooltips'
import { ImagesPanel, SEARCH_ID, useImagesServices } from '@/features/images'
import {
  AddImages,
  DropLayer,
  PICKER_ID,
  UploadTray,
  UrlDialog,
  useUploads,
} from '@/features/upload'
import { useHotkeys, useUndoKey } from '@/lib/hotkeys'
import { useLocale, useTexts } from '@/lib/i18n'
import { useServices } from '@/lib/services'
import { useStore } from '@/lib/store'
import { useChangeView, useView } from '@/lib/view'
import { Header } from './Header'
import { HelpDialog } from './HelpDialog'
import type { AppServices } from './services'

const Review = lazy(async () => ({ default: (await import('@/features/review')).Review }))

const RecipesDialog = lazy(async () => ({
  default: (await import('@/features/recipes')).RecipesDialog,
}))

const LazyRecutDialog = lazy(async () => ({
  default: (await import('@/features/recipes')).RecutDialog,
}))

function RecutDialog(props: ComponentProps<typeof LazyRecutDialog>) {
  return (
    <Suspense>
      <LazyRecutDialog {...props} />
    </Suspense>
  )
}

type Props = Pick<AppServices, 'recipeDrafts' | 'decisionSender'>

/** Another language mounts everything again, so that no component keeps a text in the previous one. */
export function App(props: Props) {
  return <Page key={useLocale().language} {...props} />
}

function Page({ recipeDrafts, decisionSender }: Props) {
  const texts = useTexts()
  const [help, setHelp] = useState(false)
  const { review, recipes } = useView()
  const changeView = useChangeView()
  const { snackbars } = useServices()
  const { feed, sampleImages } = useImagesServices()
  const uploads = useUploads()
  const urlsToAdd = useStore(uploads.urlDialog)
  const keys = useMemo(() => {
    const always = { '?': () => setHelp(true) }
    if (review) return always // The review adds keys of its own.
    return {
      ...always,
      '/': () => document.getElementById(SEARCH_ID)?.focus(),
      a: () => uploads.openUrlDialog(),
      u: () => document.getElementById(PICKER_ID)?.click(),
      p: feed.togglePause,
    }
  }, [review, uploads, feed])
  useHotkeys(keys)
  useUndoKey(() => {
    const last = review ? null : snackbars.lastUndo() // The review has decisions to undo, too.
    last?.run()
    return last !== null
  })

  return (
    <>
      <Header onHelp={() => setHelp(true)} />
      {review ? (
        <Suspense fallback={<main aria-busy="true" />}>
          <Review sender={decisionSender} onHelp={() => setHelp(true)} />
        </Suspense>
      ) : (
        <ImagesPanel addImages={(large) => <AddImages large={large} />} RecutDialog={RecutDialog} />
      )}
      <UploadTray />
      <DropLayer />
      {urlsToAdd !== null && <UrlDialog start={urlsToAdd} />}
      {recipes && (
        <Suspense>
          <RecipesDialog
            drafts={recipeDrafts}
            findSampleImages={sampleImages}
            onClose={() => changeView({ recipes: false })}
          />
        </Suspense>
      )}
      {help && (
        <HelpDialog
          keys={review ? texts.review.keys : texts.help.keys}
          onClose={() => setHelp(false)}
        />
      )}
      <Snackbars />
      <Tooltips />
    </>
  )
}
