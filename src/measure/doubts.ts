/** The doubts that may remain about a model; kinds of metrics and benchmarks say what of it they settle. */
export const doubts = [
  'membership',
  'relearning',
  'paraphrases',
  'other languages',
  'role play',
  'sampling',
  'quantised weights',
  'general ability',
] as const

export type Doubt = (typeof doubts)[number]
