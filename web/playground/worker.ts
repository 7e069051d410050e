import { memoryFolder } from '../../src/checkpoint/bytes.ts'
import { formatProblem, UserError } from '../../src/error.ts'
import { type Forgetter, openForgetter } from './forgetter.ts'
import type { Backend, Report, Request } from './messages.ts'
import { modelFiles, versions } from './model-files.ts'
import { createWebEngine } from './web-engine.ts'
import { zipped } from './zip.ts'

let forgetter: Forgetter | null = null
let stopping = false
/** Requests are answered one at a time, in order; only `stop` overtakes. */
let turn = Promise.resolve()

self.onmessage = ({ data }: MessageEvent<Request>) => {
  if (data.type === 'stop') stopping = true
  else turn = turn.then(() => answer(data).catch(failed))
}

async function answer(request: Request): Promise<void> {
  if (request.type === 'open') return open(request.backend)
  if (!forgetter) throw new Error(`internal: ${request.type} before open`)
  if (request.type === 'ask') {
    const answer = await forgetter.ask(request.question)
    post({ type: 'said', question: request.question, answer })
  }
  if (request.type === 'forget') {
    stopping = false
    const ended = await forgetter.forget(request.wish, {
      async onStep(step) {
        post({ type: 'step', ...step })
        // Lets a request to stop come in.
        await new Promise((next) => setTimeout(next))
      },
      async onEvaluation(evaluation) {
        post({ type: 'evaluated', ...evaluation })
      },
      stopRequested: () => stopping,
      clock: () => performance.now(),
    })
    post({ type: 'ended', ...ended })
  }
  if (request.type === 'reset') {
    await forgetter.reset()
    post({ type: 'reset' })
  }
  if (request.type === 'download') {
    if (!forgetter.files) throw new Error('internal: download before forgetting')
    const bytes = zipped(forgetter.files)
    post({ type: 'zip', bytes }, [bytes.buffer])
  }
}

async function open(backend: Backend | null): Promise<void> {
  const [engine, files] = await Promise.all([createWebEngine(backend), modelFiles()])
  forgetter = await openForgetter(engine, memoryFolder('lethe-tiny', files), versions)
  const used = engine.id === 'onnx-webgpu' ? 'webgpu' : 'wasm'
  post({ type: 'opened', backend: used, threads: engine.threads })
}

function failed(error: unknown): void {
  const problems = error instanceof UserError ? error.problems.map(formatProblem) : [String(error)]
  post({ type: 'failed', problems })
}

function post(report: Report, transfer: Transferable[] = []): void {
  self.postMessage(report, { transfer })
}
