import { useEffect, useReducer, useRef } from 'preact/hooks'
import type { Backend, Ended, Evaluation, Report, Request, Step } from './messages.ts'

/** What the page knows of the model in the worker. */
export interface ModelState {
  readonly opened: { readonly backend: Backend; readonly threads: number } | null
  readonly busy: 'opening' | 'asking' | 'forgetting' | 'resetting' | 'packing' | null
  readonly talk: readonly { readonly question: string; readonly answer: string | null }[]
  readonly steps: readonly Step[]
  readonly evaluations: readonly Evaluation[]
  readonly ended: Ended | null
  readonly problems: readonly string[]
}

const atFirst: ModelState = {
  opened: null,
  busy: 'opening',
  talk: [],
  steps: [],
  evaluations: [],
  ended: null,
  problems: [],
}

const busyWith = {
  open: 'opening',
  ask: 'asking',
  forget: 'forgetting',
  reset: 'resetting',
  download: 'packing',
} as const

/** What becomes of the state when something is asked, or reported. */
export function next(state: ModelState, message: Request | Report): ModelState {
  switch (message.type) {
    case 'stop':
      return state
    case 'ask': {
      const talk = [...state.talk, { question: message.question, answer: null }]
      return { ...state, busy: 'asking', talk, problems: [] }
    }
    case 'forget':
      return { ...state, busy: 'forgetting', steps: [], evaluations: [], ended: null, problems: [] }
    case 'open':
    case 'download':
      return { ...state, busy: busyWith[message.type], problems: [] }
    case 'opened':
      return { ...state, busy: null, opened: message }
    case 'said': {
      const { question, answer } = message
      return { ...state, busy: null, talk: [...state.talk.slice(0, -1), { question, answer }] }
    }
    case 'step':
      return { ...state, steps: [...state.steps, message] }
    case 'evaluated':
      return { ...state, evaluations: [...state.evaluations, message] }
    case 'ended':
      return { ...state, busy: null, ended: message }
    case 'reset':
      // Asked or answered, what was seen of the forgetful model is gone.
      return { ...atFirst, opened: state.opened, busy: state.busy === null ? 'resetting' : null }
    case 'zip':
      return { ...state, busy: null }
    case 'failed':
      return { ...state, busy: null, problems: message.problems }
  }
}

/** The worker with the model, and what is known of it; requests go in through `ask`. */
export function useWorker(onZip: (bytes: Uint8Array<ArrayBuffer>) => void) {
  const [state, dispatch] = useReducer(next, atFirst)
  const worker = useRef<Worker | null>(null)
  useEffect(() => {
    const started = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })
    worker.current = started
    started.onmessage = ({ data }: MessageEvent<Report>) => {
      dispatch(data)
      if (data.type === 'zip') onZip(data.bytes)
    }
    started.onerror = ({ message }) => dispatch({ type: 'failed', problems: [message] })
    const wanted = new URLSearchParams(location.search).get('backend')
    const backend = wanted === 'wasm' || wanted === 'webgpu' ? wanted : null
    started.postMessage({ type: 'open', backend } satisfies Request)
    return () => started.terminate()
  }, [])
  const ask = (request: Request) => {
    dispatch(request)
    worker.current?.postMessage(request)
  }
  return { state, ask }
}
