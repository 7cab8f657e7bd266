import type { components } from './schema.gen'

type Schemas = components['schemas']

export type Image = Schemas['Image']
export type ImageDetail = Schemas['ImageDetail']
export type ImageList = Schemas['ImageList']
export type Counts = Schemas['Counts']
export type Status = Schemas['Status']
export type Shot = Schemas['Shot']
export type ShotState = Schemas['ShotState']
export type Person = Schemas['Person']
export type Reason = Schemas['Reason']
export type Limits = Schemas['Limits']
export type LiveMessage = Schemas['LiveMessage']
export type ProcessAnswer = Schemas['ProcessAnswer']
export type BatchAnswer = Schemas['BatchAnswer']
export type ErrorCode = Schemas['ErrorCode']
