import type { Rotary } from './rotary.ts'

/** cos and sin of what each position turns, `[positions, width]`. */
export interface RotaryTables {
  positions: number
  /** headDim / 2 */
  width: number
  cos: Float32Array
  sin: Float32Array
}

/** scale · cos and scale · sin of position × frequency for positions 0 … positions − 1; 1 and 0 where nothing turns. */
export function rotaryTables(positions: number, { frequencies, scale }: Rotary): RotaryTables {
  const width = frequencies.length
  const cos = new Float32Array(positions * width)
  const sin = new Float32Array(positions * width)
  for (let position = 0; position < positions; position++)
    for (let i = 0; i < width; i++) {
      const angle = Math.fround(position * frequencies[i])
      const length = frequencies[i] === 0 ? 1 : scale
      cos[position * width + i] = length * Math.cos(angle)
      sin[position * width + i] = length * Math.sin(angle)
    }
  return { positions, width, cos, sin }
}
