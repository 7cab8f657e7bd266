export { RecipesDialog } from './RecipesDialog'
export type { FindTrial } from './trial'
