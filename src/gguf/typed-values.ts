import { GGUFValueType } from '@huggingface/gguf'

/** A value of a GGUF file's metadata, with the type that it is stored as. */
export interface TypedValue {
  readonly value: number | boolean | string | number[] | string[]
  readonly type: GGUFValueType
  /** of the items of an array */
  readonly subType?: GGUFValueType
}

/** Metadata to be written, in order. */
export type TypedMetadata = Readonly<Record<string, TypedValue>>

export const uint32 = (value: number): TypedValue => ({ value, type: GGUFValueType.UINT32 })
export const int32 = (value: number): TypedValue => ({ value, type: GGUFValueType.INT32 })
export const float32 = (value: number): TypedValue => ({ value, type: GGUFValueType.FLOAT32 })
export const flag = (value: boolean): TypedValue => ({ value, type: GGUFValueType.BOOL })
export const text = (value: string): TypedValue => ({ value, type: GGUFValueType.STRING })

const list = (subType: GGUFValueType) => (value: string[] | number[]) => ({
  value,
  type: GGUFValueType.ARRAY,
  subType,
})
export const texts = list(GGUFValueType.STRING)
export const int32s = list(GGUFValueType.INT32)
export const float32s = list(GGUFValueType.FLOAT32)
