import { useRef } from 'react'
import { Button } from '@/components/ui/Button'
import { useTexts } from '@/lib/i18n'
import { PICKER_ID, useUploads } from './uploads'
import styles from './FilePicker.module.css'

const ACCEPT = 'image/*,.heic,.heif,.avif,.tif,.tiff,.csv,.tsv,text/csv'

export function FilePicker() {
  const texts = useTexts()
  const uploads = useUploads()
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <input
        ref={input}
        className={styles['input']}
        type="file"
        multiple
        accept={ACCEPT}
        tabIndex={-1}
        aria-hidden="true"
        onChange={(event) => {
          const files = [...(event.target.files ?? [])]
          event.target.value = ''
          void uploads.addFiles(files)
        }}
      />
      <Button id={PICKER_ID} look="primary" icon="upload" onClick={() => input.current?.click()}>
        {texts.upload.browse}
      </Button>
    </>
  )
}
