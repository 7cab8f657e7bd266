export { CropEditor } from './CropEditor'
export { OffsetDialog } from './OffsetDialog'
export { saveBox } from './save-box'
