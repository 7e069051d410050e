import type { ConfigReader } from './config-reader.ts'
import type { Rotary } from './rotary/rotary.ts'

/** How one layer attends. */
export interface LayerAttention {
  /** A token sees itself and the window − 1 before it; null: all before it. */
  readonly window: number | null
  /** Layers that share one share its tables. */
  readonly rotary: Rotary
}

/** Layers that all attend in the same way. */
export function alike(layers: number, window: number | null, rotary: Rotary): LayerAttention[] {
  return new Array<LayerAttention>(layers).fill({ window, rotary })
}

/** Kinds of layers that families have, as files name them. */
export const layerTypes = ['full_attention', 'sliding_attention'] as const
export type LayerType = (typeof layerTypes)[number]

/** Reads `sliding_window`; null where the file says null or, unless it has a usual size, nothing. */
export function readWindow(reader: ConfigReader, usual: number | null): number | null {
  if (usual === null && !reader.has('sliding_window')) return null
  return reader.unlessNull('sliding_window', (key) => reader.integer(key, usual ?? undefined))
}

/** Of every so many layers all but the last slide. */
export const slidingBut =
  (every: number) =>
  (layer: number): LayerType =>
    (layer + 1) % every === 0 ? 'full_attention' : 'sliding_attention'

/**
 * Reads `layer_types`, and `sliding_window` where a layer slides.
 *
 * @param unsaid the type of a layer where the file names none
 * @param rotaries of layers of full and of sliding attention
 */
export function readLayerAttention(
  reader: ConfigReader,
  layers: number,
  unsaid: (layer: number) => LayerType,
  rotaries: Readonly<Record<'full' | 'sliding', Rotary>>,
): LayerAttention[] {
  const isType = (item: unknown): item is LayerType => layerTypes.includes(item as LayerType)
  const types =
    reader.list(
      'layer_types',
      layers,
      isType,
      layerTypes.map((type) => `"${type}"`).join(' or '),
    ) ?? Array.from({ length: layers }, (_, layer) => unsaid(layer))
  const window = types.includes('sliding_attention') ? reader.integer('sliding_window', 4096) : null
  return types.map((type) =>
    type === 'sliding_attention'
      ? { window, rotary: rotaries.sliding }
      : { window: null, rotary: rotaries.full },
  )
}
