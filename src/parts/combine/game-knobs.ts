import { z } from 'zod'

/** Knobs of rules in which a multiplier plays against the weights. */
export const gameKnobs = {
  dualMomentum: z
    .number()
    .gt(-1)
    .lt(1)
    .default(0)
    .describe(
      'share of the last change of the multiplier that is added to the next; negative damps, positive makes it swing',
    ),
  alternate: z
    .boolean()
    .default(false)
    .describe(
      'whether the multiplier moves by the losses of a step before that step uses it, and not after; needs one gradient per group',
    ),
}

/** A multiplier that is to see the losses of its own step needs them before the gradients are weighed. */
export function gameGradients({ alternate }: { readonly alternate: boolean }) {
  return alternate ? ('separate' as const) : ('fused' as const)
}
