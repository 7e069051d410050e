import type { Memory } from '../../engine/memory.ts'
import { clipFactor } from '../../parts/optim/clip-factor.ts'
import type { FlatTensors } from '../flat.ts'
import type { Group } from '../objective.ts'
import type { Step, StepParts } from '../step.ts'

/**
 * A step with one gradient: combine → losses → gradient → clip → optimise.
 *
 * `(a, b)` are known beforehand, so one backward pass gives `u = ∇(a·L_f + b·L_r)(θ)`; θ by the optimiser on u, scaled
 * down to the norm that is allowed. The slow way to the same is `separateStep`.
 *
 * A step whose losses or direction are not finite changes nothing.
 *
 * @param groups   those that have a loss
 * @param gradient the one of which the updater takes the direction
 */
export function fusedStep({
  memory,
  writeGradient,
  groups,
  gradient,
  combiner,
  combinerKnobs,
  clipNorm,
  updater,
}: StepParts & {
  readonly memory: Memory
  readonly groups: readonly ('forget' | 'retain')[]
  readonly gradient: FlatTensors
}): Step {
  return async (data, { step, learningRate, combinerState }) => {
    const weights = combiner.coefficients(
      { gram: null, losses: null },
      combinerKnobs,
      combinerState,
    )
    const scales: Record<Group, number> = {}
    for (const group of groups) scales[group] = weights[group]
    const found = await writeGradient(data.together, scales, gradient, step)
    const { forget = null, retain = null } = found
    const norm = Math.sqrt(await memory.squaredNorm(gradient.data))

    const finite = [...Object.values(found), norm].every(Number.isFinite)
    if (finite) await updater.step([clipFactor(norm, clipNorm)], learningRate, step)
    const remembered = () =>
      forget !== null && retain !== null
        ? combiner.after?.({ forget, retain }, combinerKnobs, weights.state)
        : undefined
    return {
      result: {
        finite,
        losses: { forget, retain },
        gradientNorms: { forget: null, retain: null, update: norm },
        cosine: null,
      },
      combinerState: finite ? (remembered() ?? weights.state) : combinerState,
    }
  }
}
