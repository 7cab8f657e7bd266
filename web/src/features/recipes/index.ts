export { RecipesDialog } from './RecipesDialog'
export { RecutDialog } from './RecutDialog'
