import { useEffect, useState } from 'react'
import { Icon } from '@/components/ui/Icon'
import { useUi } from '@/lib/services'
import { useTexts } from '@/lib/i18n'
import { carriesFiles, carriesLinks, droppedFiles } from './dropped-files'
import styles from './DropLayer.module.css'
import { useUploads } from './uploads'
import { holdsUrls, isCsv } from './parse-urls'

const inField = (target: EventTarget | null) =>
  target instanceof HTMLElement && target.matches('input, textarea, [contenteditable]')

/** Accepts drops and pastes anywhere on the page. */
export function DropLayer() {
  const texts = useTexts()
  const uploads = useUploads()
  const ui = useUi()
  const [over, setOver] = useState(false)

  useEffect(() => {
    let depth = 0
    const ours = (event: DragEvent) =>
      carriesFiles(event.dataTransfer) || carriesLinks(event.dataTransfer)
    const enter = (event: DragEvent) => {
      if (!ours(event)) return
      event.preventDefault()
      depth++
      setOver(true)
    }
    const leave = (event: DragEvent) => {
      if (!ours(event)) return
      depth = Math.max(0, depth - 1)
      if (depth === 0) setOver(false)
    }
    const hover = (event: DragEvent) => {
      if (ours(event)) event.preventDefault()
    }
    const drop = (event: DragEvent) => {
      depth = 0
      setOver(false)
      const data = event.dataTransfer
      if (!data || !ours(event)) return
      event.preventDefault()
      if (carriesFiles(data)) void droppedFiles(data).then((files) => uploads.addFiles(files))
      else void uploads.addUrls(data.getData('text/uri-list'))
    }
    const paste = (event: ClipboardEvent) => {
      const data = event.clipboardData
      if (!data) return
      const files = [...data.files]
      const text = data.getData('text/plain')
      if (files.length > 0) void uploads.addFiles(files)
      else if (inField(event.target)) return
      else if (isCsv(text)) uploads.openUrlDialog(text)
      else if (holdsUrls(text)) void uploads.addUrls(text)
      else ui.notify('info', ui.texts.upload.nothing)
      event.preventDefault()
    }
    window.addEventListener('dragenter', enter)
    window.addEventListener('dragleave', leave)
    window.addEventListener('dragover', hover)
    window.addEventListener('drop', drop)
    window.addEventListener('paste', paste)
    return () => {
      window.removeEventListener('dragenter', enter)
      window.removeEventListener('dragleave', leave)
      window.removeEventListener('dragover', hover)
      window.removeEventListener('drop', drop)
      window.removeEventListener('paste', paste)
    }
  }, [uploads, ui])

  if (!over) return null
  return (
    <div className={styles['layer']}>
      <div className={styles['card']}>
        <Icon name="plus" size={32} />
        <p className={styles['title']}>{texts.upload.dropHere}</p>
        <p>{texts.upload.dropHint}</p>
      </div>
    </div>
  )
}
