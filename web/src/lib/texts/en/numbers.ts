export const number = (n: number) => n.toLocaleString('en')

export const plural = (n: number, one: string, many = `${one}s`) =>
  `${number(n)} ${n === 1 ? one : many}`

export const pictures = (n: number) => plural(n, 'picture')

export const of = (n: number, all: number) => `${number(n)} of ${number(all)}`
