export { CropEditor } from './CropEditor'
export { OffsetDialog } from './OffsetDialog'
