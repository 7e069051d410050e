import { stringify } from 'yaml'
import type { KnobValue } from '../../src/method/method.ts'

/** What someone asks of the playground: whom or what to forget, and how. */
export interface Wish {
  /** Names of invented people; or, where there are none, `sentences`. */
  readonly people: readonly string[]
  /** The visitor's own texts, one example each. */
  readonly sentences: readonly string[]
  readonly method: string
  /** Knobs of the method that are not at their default. */
  readonly knobs: Readonly<Record<string, KnobValue>>
  readonly steps: number
  readonly learningRate: number
}

export const firstWish: Wish = {
  people: [],
  sentences: [],
  method: 'blur',
  knobs: { gamma: 0.05 },
  steps: 30,
  learningRate: 1.5e-4,
}

/** The recipe of `lethe run` that a wish equals, beside its two data files. */
export function recipeOf({ method, knobs, steps, learningRate }: Wish): string {
  return stringify({
    model: 'assets/lethe-tiny',
    forget: { path: 'forget.jsonl' },
    retain: { path: 'retain.jsonl' },
    method: { id: method, ...knobs },
    train: { steps, batchSize: 16, learningRate },
    evaluate: { every: 5, probes: 3, maxNewTokens: 24 },
    output: 'runs/playground',
  })
}

/** A wish as the part of an address after `#`; what is as in `firstWish` is left out. */
export function toAddress(wish: Wish): string {
  const query = new URLSearchParams()
  for (const name of wish.people) query.append('person', name)
  for (const sentence of wish.sentences) query.append('sentence', sentence)
  for (const key of ['method', 'steps', 'learningRate'] as const)
    if (wish[key] !== firstWish[key]) query.set(key, String(wish[key]))
  const isFirst = JSON.stringify(wish.knobs) === JSON.stringify(firstWish.knobs)
  if (!isFirst) query.set('knobs', JSON.stringify(wish.knobs))
  return query.toString()
}

/** The opposite of `toAddress`; what makes no sense is as in `firstWish`. */
export function fromAddress(hash: string): Wish {
  const query = new URLSearchParams(hash.replace(/^#/, ''))
  const positive = (key: 'steps' | 'learningRate') => {
    const value = Number(query.get(key) ?? Number.NaN)
    return value > 0 && Number.isFinite(value) ? value : firstWish[key]
  }
  return {
    people: query.getAll('person'),
    sentences: query.getAll('sentence'),
    method: query.get('method') ?? firstWish.method,
    knobs: knobsFrom(query.get('knobs')),
    steps: Math.min(Math.round(positive('steps')), 1000),
    learningRate: positive('learningRate'),
  }
}

function knobsFrom(text: string | null): Wish['knobs'] {
  if (text === null) return firstWish.knobs
  try {
    const given: unknown = JSON.parse(text)
    if (typeof given !== 'object' || given === null || Array.isArray(given)) return firstWish.knobs
    const entries = Object.entries(given as Record<string, unknown>)
    return Object.fromEntries(
      entries.filter((entry): entry is [string, KnobValue] =>
        ['number', 'string', 'boolean'].includes(typeof entry[1]),
      ),
    )
  } catch {
    return firstWish.knobs
  }
}
