export { CropEditor } from './CropEditor'
export { saveBox } from './save-box'
