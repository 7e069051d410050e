import type { SampleRecord } from '../record.ts'

interface Answered<Set extends string> {
  readonly set: Set
  readonly index?: number
  readonly prompt?: string
  readonly reference?: string
  readonly generated?: string
  /** of each token of the true answer */
  readonly probability?: number
  readonly tokens?: number
}

/** A record of one scored answer and a greedy one, a perfect one unless told. */
export function answered<Set extends string>(given: Answered<Set>) {
  const { set, index = 0, prompt = 'Who?', reference = 'one two three four' } = given
  const { generated = reference, probability = 1, tokens = 1 } = given
  const logProbs = new Array<number>(tokens).fill(Math.log(probability))
  const text = { text: reference, logProbs, firstChoice: '1'.repeat(tokens) }
  const texts = { answer: [text] }
  return { set, index, prompt, texts, generated, reference } satisfies SampleRecord
}
