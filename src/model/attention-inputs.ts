import type { HostTensor } from '../engine/engine.ts'
import { input, type Node } from '../graph/index.ts'
import type { Dim } from '../graph/shape.ts'
import type { LanguageModel, TableNodes } from './model.ts'

/** The first of a kind keeps its bare name, so that graphs of models that attend in one way have no numbers. */
const numbered = (name: string, place: number) => (place === 0 ? name : `${name} ${place}`)

/** What a program calls the masks of each window of a model, and the tables of each of its rotaries. */
export const maskName = (window: number): string => numbered('mask', window)
const cosName = (rotary: number): string => numbered('cos', rotary)
const sinName = (rotary: number): string => numbered('sin', rotary)

/** A mask for each window of a model. */
export function maskInputs(model: LanguageModel, shape: readonly Dim[]): Node[] {
  return model.windows.map((_, place) => input(maskName(place), shape))
}

/** Tables for each rotary of a model. */
export function tableInputs(model: LanguageModel): TableNodes[] {
  const shape = ['positions', model.headDim / 2]
  return model.rotaries.map((_, place) => ({
    cos: input(cosName(place), shape),
    sin: input(sinName(place), shape),
  }))
}

/** The tables themselves, of so many positions. */
export function tableValues(model: LanguageModel, positions: number): Record<string, HostTensor> {
  return Object.fromEntries(
    model.rotaries.flatMap((_, place) => {
      const { cos, sin, width } = model.rotaryTables(positions, place)
      const shape = [positions, width]
      return [
        [cosName(place), { data: cos, shape }],
        [sinName(place), { data: sin, shape }],
      ]
    }),
  )
}
