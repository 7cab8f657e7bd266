export const number = (n: number) => n.toLocaleString('de')

export const plural = (n: number, one: string, many: string) =>
  `${number(n)} ${n === 1 ? one : many}`

export const of = (n: number, all: number) => `${number(n)} von ${number(all)}`

export const images = (n: number) => plural(n, 'Bild', 'Bilder')
