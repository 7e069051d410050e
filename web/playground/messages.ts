import type { EvaluationSet } from '../../src/benchmark/takedown.ts'
import type { Wish } from './wish.ts'

/** A question with what the model says to it. */
export interface Said {
  readonly set: EvaluationSet
  readonly prompt: string
  readonly answer: string
  readonly generated: string
}

/** What is known of the model in the middle of forgetting. */
export interface Evaluation {
  readonly step: number
  /** Mean over examples of the answer's probability per token, exp(mean log probability). */
  readonly forgetProbability: number
  readonly retainProbability: number
  readonly samples: readonly Said[]
}

export interface Step {
  readonly step: number
  readonly totalSteps: number
  readonly forgetLoss: number | null
  readonly retainLoss: number | null
  readonly stepMilliseconds: number
  readonly etaSeconds: number
}

/** How forgetting ended; `reason` where a guard stopped it. */
export interface Ended {
  readonly kind: 'finished' | 'interrupted' | 'guard'
  readonly reason: string | null
  readonly seconds: number
}

/** From the page to the worker. */
export type Request =
  | { readonly type: 'open'; readonly backend: Backend | null }
  | { readonly type: 'ask'; readonly question: string }
  | { readonly type: 'forget'; readonly wish: Wish }
  | { readonly type: 'stop' }
  | { readonly type: 'reset' }
  | { readonly type: 'download' }

export type Backend = 'wasm' | 'webgpu'

/** From the worker to the page. */
export type Report =
  | { readonly type: 'opened'; readonly backend: Backend; readonly threads: number }
  | { readonly type: 'said'; readonly question: string; readonly answer: string }
  | ({ readonly type: 'step' } & Step)
  | ({ readonly type: 'evaluated' } & Evaluation)
  | ({ readonly type: 'ended' } & Ended)
  | { readonly type: 'reset' }
  | { readonly type: 'zip'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly type: 'failed'; readonly problems: readonly string[] }
