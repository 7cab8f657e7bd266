export { ImagesPanel } from './ImagesPanel'
export { LiveFeed } from './live/feed'
export {
  createImagesServices,
  ImagesContext,
  type ImagesServices,
  useFeed,
  useImagesServices,
} from './services'
export { SEARCH_ID } from './table/Toolbar'
