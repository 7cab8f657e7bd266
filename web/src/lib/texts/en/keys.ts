/** Keys and what they do. */
export type Keys = readonly (readonly [key: string, what: string])[]
