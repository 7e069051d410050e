import { z } from 'zod'

/** Knobs of every estimator that displaces weights along random directions. */
export const directionKnobs = {
  directions: z
    .int()
    .positive()
    .default(1)
    .describe('random directions a step; each costs two forward passes'),
  smoothing: z
    .number()
    .positive()
    .default(1e-3)
    .describe('how far each weight is moved to either side to see the slope'),
}
