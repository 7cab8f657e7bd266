export const number = (n: number) => n.toLocaleString('en')

export const plural = (n: number, one: string, many = `${one}s`) =>
  `${number(n)} ${n === 1 ? one : many}`

export const images = (n: number) => plural(n, 'image')

export const of = (n: number, all: number) => `${number(n)} of ${number(all)}`
