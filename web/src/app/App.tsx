import { lazy, Suspense, useMemo, useState } from 'react'
import { Snackbars } from '@/components/ui/Snackbars'
import { Tooltips } from '@/components/ui/Tooltips'
import {
  changeView,
  findSampleImages,
  ImagesPanel,
  SEARCH_ID,
  togglePause,
  useView,
} from '@/features/images'
import {
  AddImages,
  DropLayer,
  openUrlDialog,
  PICKER_ID,
  UploadTray,
  UrlDialog,
  useUrlDialog,
} from '@/features/upload'
import { useHotkeys } from '@/lib/hotkeys'
import { texts, useLanguage } from '@/lib/i18n'
import { Header } from './Header'
import { HelpDialog } from './HelpDialog'

const Review = lazy(async () => ({ default: (await import('@/features/review')).Review }))

const RecipesDialog = lazy(async () => ({
  default: (await import('@/features/recipes')).RecipesDialog,
}))

/** Drawn anew in another language: no word is kept from the one before. */
export function App() {
  return <Page key={useLanguage()} />
}

function Page() {
  const [help, setHelp] = useState(false)
  const urls = useUrlDialog()
  const { review, recipes } = useView()
  const keys = useMemo(() => {
    const always = { '?': () => setHelp(true) }
    if (review) return always // The rest are its own.
    return {
      ...always,
      '/': () => document.getElementById(SEARCH_ID)?.focus(),
      a: () => openUrlDialog(),
      u: () => document.getElementById(PICKER_ID)?.click(),
      p: togglePause,
    }
  }, [review])
  useHotkeys(keys)

  return (
    <>
      <Header onHelp={() => setHelp(true)} />
      {review ? (
        <Suspense fallback={<main aria-busy="true" />}>
          <Review onHelp={() => setHelp(true)} />
        </Suspense>
      ) : (
        <ImagesPanel intake={(empty) => <AddImages large={empty} />} />
      )}
      <UploadTray />
      <DropLayer />
      {urls !== null && <UrlDialog start={urls} />}
      {recipes && (
        <Suspense>
          <RecipesDialog findSampleImages={findSampleImages} onClose={() => changeView({ recipes: false })} />
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
