import { z } from 'zod'

/** Depth of the activations that RMU reads, as a share of the layers: layer 7 of 32 in the published settings. */
const publishedShare = 7 / 32

/** The knob of every loss that reads activations; one value serves both losses of a method. */
export const layerKnob = z
  .int()
  .nonnegative()
  .nullable()
  .default(null)
  .describe(
    'layer after which activations are read, from 0; null: a fifth of the way up, as published',
  )

/** The layer that is meant, of a model of so many; one past the last means the last. */
export function activationLayer({ layer }: { layer: number | null }, layers: number): number {
  return Math.min(layer ?? Math.round(publishedShare * layers), layers - 1)
}
