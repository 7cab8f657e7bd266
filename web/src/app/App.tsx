import { useMemo, useState } from 'react'
import { Snackbars } from '@/components/ui/Snackbars'
import { Tooltips } from '@/components/ui/Tooltips'
import { ImagesPanel, SEARCH_ID, togglePause } from '@/features/images'
import {
  AddPictures,
  DropLayer,
  openUrlDialog,
  PICKER_ID,
  UploadTray,
  UrlDialog,
  useUrlDialog,
} from '@/features/upload'
import { useHotkeys } from '@/lib/hotkeys'
import { useLanguage } from '@/lib/texts'
import { Header } from './Header'
import { HelpDialog } from './HelpDialog'

/** Drawn anew in another language: no word is kept from the one before. */
export function App() {
  return <Page key={useLanguage()} />
}

function Page() {
  const [help, setHelp] = useState(false)
  const urls = useUrlDialog()
  const keys = useMemo(
    () => ({
      '/': () => document.getElementById(SEARCH_ID)?.focus(),
      a: () => openUrlDialog(),
      u: () => document.getElementById(PICKER_ID)?.click(),
      p: togglePause,
      '?': () => setHelp(true),
    }),
    [],
  )
  useHotkeys(keys)

  return (
    <>
      <Header onHelp={() => setHelp(true)} />
      <ImagesPanel intake={(empty) => <AddPictures large={empty} />} />
      <UploadTray />
      <DropLayer />
      {urls !== null && <UrlDialog start={urls} />}
      {help && <HelpDialog onClose={() => setHelp(false)} />}
      <Snackbars />
      <Tooltips />
    </>
  )
}
