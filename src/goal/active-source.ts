import type { Example } from '../data/example.ts'
import type { StepSource } from '../train/step-source.ts'
import { unlearningSteps } from '../train/step-source.ts'

type SourceOptions = Parameters<typeof unlearningSteps>[0]

/** Which examples of the forget set take part in a round, and how far they are to go. */
export interface RoundPart {
  /** `[forget]` 1 for those that take part, 0 for the others; a round without any repairs */
  readonly active: Float32Array
  /** `[forget]` nats below its level to which an example is moved, since in other wordings it is still known */
  readonly depth: Float32Array
}

/** Steps over those examples of the forget set that are not yet forgotten; which they are is set at each look. */
export interface ActiveSource extends StepSource {
  /** of the rounds from the next on */
  part: RoundPart
}

/**
 * How much forgotten examples take part in a round that only repairs: too little to push, enough to tell a combiner which
 * direction brings them back.
 */
const repairWeight = 1e-3

/**
 * The steps of a run towards a goal: rounds of equal length, each over the examples that are active when it begins.
 *
 * A pure function of (round, step in round, part): with `part` stored, a run can go on from anywhere. A round takes as
 * many passes over the active examples as it needs.
 *
 * @param options.roundSteps steps between two looks
 */
export function activeSteps(
  options: SourceOptions & { readonly roundSteps: number },
): ActiveSource {
  const { forget, preferred, references, roundSteps } = options
  let built: { key: string; source: StepSource } | null = null
  const sourceFor = ({ active, depth }: RoundPart): StepSource => {
    const key = `${active.join('')} ${depth.join(' ')}`
    if (built?.key === key) return built.source
    const chosen = [...active.keys()].filter((place) => active[place] > 0)
    const places = chosen.length > 0 ? chosen : [...active.keys()]
    const take = <T>(all: readonly T[]) => places.map((place) => all[place])
    const examples =
      chosen.length > 0 ? {} : { forget: new Float32Array(places.length).fill(repairWeight) }
    const source = unlearningSteps({
      ...options,
      forget: take<Example>(forget),
      preferred: preferred ? take<Example>(preferred) : null,
      references: {
        ...references,
        tokens: {
          ...references.tokens,
          ...(references.tokens.forget && {
            forget: places.map((place) => deeper(options, place, depth[place])),
          }),
          ...(references.tokens.preferred && { preferred: take(references.tokens.preferred) }),
        },
      },
      selection: {
        tokens: {
          ...options.selection?.tokens,
          ...(options.selection?.tokens.forget && {
            forget: take(options.selection.tokens.forget),
          }),
        },
        examples: { ...options.selection?.examples, ...examples },
      },
    })
    built = { key, source }
    return source
  }
  const self: ActiveSource = {
    part: {
      active: new Float32Array(forget.length).fill(1),
      depth: new Float32Array(forget.length),
    },
    stepsPerEpoch: roundSteps,
    at(round, stepInRound) {
      const source = sourceFor(self.part)
      const passes = Math.ceil(roundSteps / source.stepsPerEpoch)
      const pass = Math.floor(stepInRound / source.stepsPerEpoch)
      return source.at(round * passes + pass, stepInRound % source.stepsPerEpoch)
    },
  }
  return self
}

/** The references of an example, each of its tokens that take part lower by an equal share of so many nats. */
function deeper({ references, selection }: SourceOptions, place: number, depth: number) {
  const own = references.tokens.forget?.[place] as Float32Array
  if (depth === 0) return own
  const weights = selection?.tokens.forget?.[place]
  const count = weights ? weights.reduce((sum, each) => sum + (each > 0 ? 1 : 0), 0) : own.length
  return own.map((logProb) => logProb - depth / count)
}
