/** Keyboard shortcuts and what each does. */
export type Keys = readonly (readonly [key: string, what: string])[]
