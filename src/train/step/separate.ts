import type { Memory } from '../../engine/memory.ts'
import { gradientCosine, gramOfProducts } from '../../parts/combine/gram.ts'
import { directionNorm } from '../../parts/combine/weighted-gradients.ts'
import { clipFactor } from '../../parts/optim/clip-factor.ts'
import type { FlatTensors } from '../flat.ts'
import type { Step, StepParts } from '../step.ts'
import type { Refine } from './refine.ts'

/**
 * A step with one gradient per group: losses → gradients → refine → combine → clip → optimise.
 *
 * `g_f = ∇L_f(θ)`, `g_r = ∇L_r(θ)`, both refined where the combiner or the recipe asks for it; `(a, b)` from their Gram
 * matrix and the losses; `u = a·g_f + b·g_r`, scaled down to the norm that is allowed; θ by the optimiser on u. The
 * optimiser's own pass forms u, so that no direction is ever stored, and ‖u‖ follows from the Gram matrix.
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
  combiner,
  combinerKnobs,
  clipNorm,
  updater,
}: StepParts & {
  readonly memory: Memory
  readonly forget: FlatTensors
  readonly retain: FlatTensors
  readonly refine: Refine
}): Step {
  return async (data, { step, learningRate, combinerState }) => {
    const losses = {
      forget: (await writeGradient(data.forget, { forget: 1 }, forget, step)).forget,
      retain: (await writeGradient(data.retain, { retain: 1 }, retain, step)).retain,
    }
    const refined = await refine(data, step, combinerState)

    const gram = gramOfProducts(await memory.products(forget.data, retain.data))
    const direction = combiner.coefficients({ gram, losses }, combinerKnobs, refined)
    const norm = directionNorm(gram, direction)

    const finite = [losses.forget, losses.retain, norm].every(Number.isFinite)
    if (finite) {
      const clip = clipFactor(norm, clipNorm)
      await updater.step([direction.forget * clip, direction.retain * clip], learningRate, step)
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
