import { biography } from './biography.ts'
import { people } from './people.ts'
import { type Attribute, questions } from './questions.ts'

/** A question about one person with its answer. */
export interface Item {
  question: string
  answer: string
}

/** The demo's data: what the checkpoint is trained on, what it shall forget and keep, and what is shown of it. */
export interface Splits {
  /** One for each person, trained on too; apart from `train`, as a file holds one shape. */
  biographies: { text: string }[]
  train: Item[]
  forget: Item[]
  retain: Item[]
  forgetHeldOut: Item[]
  retainHeldOut: Item[]
  probes: (Item & { set: 'forget' | 'retain' })[]
}

const forgotten = 10
const probed: readonly Attribute[] = ['birthday', 'email', 'address', 'occupation']

/**
 * Makes the splits, as a pure function of the seed.
 *
 * `biographies` and `train` (every training phrasing) are about all people; `forget` (ten people) and `retain` (all
 * others) hold two training phrasings per fact, in turn, so that each wording occurs in both.
 */
export function splits(seed: number): Splits {
  const attributes = Object.keys(questions) as Attribute[]
  const result: Splits = {
    biographies: [],
    train: [],
    forget: [],
    retain: [],
    forgetHeldOut: [],
    retainHeldOut: [],
    probes: [],
  }
  people(seed).forEach((person, personIndex) => {
    const set = personIndex < forgotten ? 'forget' : 'retain'
    result.biographies.push({ text: biography(person, personIndex) })
    attributes.forEach((attribute, attributeIndex) => {
      const { training, heldOut } = questions[attribute]
      const ask = (phrasing: string): Item => ({
        question: phrasing.replace('{name}', person.name),
        answer: person[attribute],
      })
      const turn = personIndex + attributeIndex
      const chosen = [turn, turn + 2].map((t) => ask(training[t % training.length]))
      result.train.push(...training.map(ask))
      result[set].push(...chosen)
      result[`${set}HeldOut`].push(...heldOut.map(ask))
      if (attribute === probed[personIndex % forgotten] && personIndex < 2 * forgotten)
        result.probes.push({ set, ...ask(heldOut[0]) })
    })
  })
  return result
}
