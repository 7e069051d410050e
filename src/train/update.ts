import type { Engine, Program, Tensor } from '../engine/engine.ts'
import { add, input, mul, type Node } from '../graph/index.ts'
import type { Optimizer } from '../optim/optimizer.ts'

/** Elements per piece: long enough to hide the call, short enough to stay in cache. */
const pieceLength = 262144

/** Applies an optimiser to a flat array of weights, with gradients combined on the way. */
export interface Updater {
  /** State of the optimiser by slot name, same layout as the weights. */
  readonly slots: ReadonlyMap<string, Float32Array>
  /**
   * `g = Σ_k coefficients_k · gradients_k`, then one step of the optimiser on g, in place.
   *
   * @param coefficients clipping included
   * @param scalars      of the optimiser, for this step
   */
  step(coefficients: readonly number[], scalars: Readonly<Record<string, number>>): Promise<void>
  dispose(): void
}

/**
 * The optimiser as an elementwise program, run piece by piece with outputs written over their inputs.
 *
 * @param weights   `[n]` updated in place
 * @param gradients one or more `[n]`
 */
export async function createUpdater(options: {
  engine: Engine
  optimizer: Optimizer
  weights: Float32Array
  gradients: readonly Float32Array[]
}): Promise<Updater> {
  const { engine, optimizer, weights, gradients } = options
  const program = await compileUpdate(engine, optimizer, gradients.length)
  const slots = new Map(optimizer.slots.map((name) => [name, new Float32Array(weights.length)]))
  const pieces = cut(weights.length).map(([start, end]) => {
    const tensor = (array: Float32Array): Tensor => ({
      data: array.subarray(start, end),
      shape: [end - start],
    })
    const held = Object.fromEntries([...slots].map(([name, array]) => [name, tensor(array)]))
    const parameter = tensor(weights)
    const outputs = Object.fromEntries(
      Object.entries({ ...held, parameter }).map(([name, { data }]) => [`new ${name}`, data]),
    )
    const sources = Object.fromEntries(gradients.map((g, k) => [`gradient ${k}`, tensor(g)]))
    return { inputs: { parameter, ...held, ...sources }, outputs }
  })
  return {
    slots,
    async step(coefficients, scalars) {
      const scalar = (value: number): Tensor => ({ data: Float32Array.of(value), shape: [] })
      const given = Object.fromEntries([
        ...Object.entries(scalars).map(([name, value]) => [name, scalar(value)]),
        ...coefficients.map((value, k) => [`coefficient ${k}`, scalar(value)]),
      ])
      for (const { inputs, outputs } of pieces) await program.run({ ...inputs, ...given }, outputs)
    },
    dispose: () => program.dispose(),
  }
}

async function compileUpdate(
  engine: Engine,
  optimizer: Optimizer,
  count: number,
): Promise<Program> {
  const vector = (name: string) => input(name, ['n'])
  const scalar = (name: string) => input(name, [])
  const terms: Node[] = Array.from({ length: count }, (_, k) =>
    mul(vector(`gradient ${k}`), scalar(`coefficient ${k}`)),
  )
  const { parameter, slots } = optimizer.update({
    parameter: vector('parameter'),
    gradient: terms.reduce((a, b) => add(a, b)),
    slots: Object.fromEntries(optimizer.slots.map((name) => [name, vector(name)])),
    scalars: Object.fromEntries(optimizer.scalarNames.map((name) => [name, scalar(name)])),
  })
  return engine.compile({
    'new parameter': parameter,
    ...Object.fromEntries(Object.entries(slots).map(([name, node]) => [`new ${name}`, node])),
  })
}

function cut(length: number): [number, number][] {
  const pieces: [number, number][] = []
  for (let start = 0; start < length; start += pieceLength)
    pieces.push([start, Math.min(start + pieceLength, length)])
  return pieces
}
