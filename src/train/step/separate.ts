import type { Memory } from '../../engine/memory.ts'
import type { CombinerState } from '../../parts/combine/combiner.ts'
import { type Gram, gradientCosine, gramOfProducts } from '../../parts/combine/gram.ts'
import { type Coefficients, directionNorm } from '../../parts/combine/weighted-gradients.ts'
import { clipFactor } from '../../parts/optim/clip-factor.ts'
import type { FlatTensors } from '../flat.ts'
import type { Step, StepParts } from '../step.ts'
import type { StepMetric } from '../step-metric.ts'
import type { Refine } from './refine.ts'

/**
 * Coefficients in a metric that depends on them are looked for until they change by less than this share of themselves, and
 * not more often than `metricPasses`. The first steps of a run take most: their preconditioner is 1/|u|.
 */
const settledShare = 0.002
const metricPasses = 10

/**
 * A step with one gradient per group: losses → gradients → refine → combine → clip → optimise.
 *
 * `g_f = ∇L_f(θ)`, `g_r = ∇L_r(θ)`, both refined where the combiner or the recipe asks for it; `(a, b)` from their Gram
 * matrix and the losses; `u = a·g_f + b·g_r`, scaled down to the norm that is allowed; θ by the optimiser on u. The
 * optimiser's own pass forms u, so that no direction is ever stored, and ‖u‖ follows from the Gram matrix. A combiner that
 * compares gradients in the optimiser's metric gets that Gram matrix instead, of the clipped direction it chose before.
 *
 * A step whose losses or direction are not finite changes nothing.
 *
 * @param forget, retain the two gradients, of which the updater forms the direction, in this order
 */
export function separateStep({
  memory,
  writeGradient,
  forget,
  retain,
  refine,
  metric,
  combiner,
  combinerKnobs,
  clipNorm,
  updater,
}: StepParts & {
  readonly memory: Memory
  readonly forget: FlatTensors
  readonly retain: FlatTensors
  readonly refine: Refine
  /** null: euclidean */
  readonly metric: StepMetric | null
}): Step {
  return async (data, { step, learningRate, combinerState }) => {
    const losses = {
      forget: (await writeGradient(data.forget, { forget: 1 }, forget, step)).forget,
      retain: (await writeGradient(data.retain, { retain: 1 }, retain, step)).retain,
    }
    const refined = await refine(data, step, combinerState)

    const gram = gramOfProducts(await memory.products(forget.data, retain.data))
    let direction = combiner.coefficients({ gram, losses }, combinerKnobs, refined)
    for (let pass = 0; metric && pass < metricPasses; pass++) {
      const before = direction
      const inMetric = await metric(clipped(before, gram, clipNorm), step)
      const asked = combiner.coefficients({ gram: inMetric, losses }, combinerKnobs, refined)
      direction = pass === 0 ? asked : halfway(before, asked)
      if (isSettled(before, asked)) break
    }
    const norm = directionNorm(gram, direction)

    const finite = [losses.forget, losses.retain, norm].every(Number.isFinite)
    if (finite) {
      const { forget: a, retain: b } = clipped(direction, gram, clipNorm)
      await updater.step([a, b], learningRate, step)
    }
    const remembered = () => combiner.after?.(losses, combinerKnobs, direction.state)
    return {
      result: {
        finite,
        losses,
        gradientNorms: {
          forget: Math.sqrt(gram.forgetForget),
          retain: Math.sqrt(gram.retainRetain),
          update: norm,
        },
        cosine: gradientCosine(gram),
      },
      combinerState: finite ? (remembered() ?? direction.state) : combinerState,
    }
  }
}

function clipped(direction: Coefficients, gram: Gram, clipNorm: number | null): Coefficients {
  const factor = clipFactor(directionNorm(gram, direction), clipNorm)
  return { forget: direction.forget * factor, retain: direction.retain * factor }
}

function isSettled(before: Coefficients, after: Coefficients): boolean {
  const change = Math.abs(after.forget - before.forget) + Math.abs(after.retain - before.retain)
  return change <= settledShare * (Math.abs(after.forget) + Math.abs(after.retain))
}

/** Where coefficients go to and fro, they settle faster by halves. */
function halfway(before: Coefficients, asked: Coefficients & { state: CombinerState }) {
  return {
    forget: (before.forget + asked.forget) / 2,
    retain: (before.retain + asked.retain) / 2,
    state: asked.state,
  }
}
