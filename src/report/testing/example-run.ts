import { writeFileSync } from 'node:fs'
import { gaussian, integer } from '../../math/random.ts'
import { answered } from '../../measure/testing/answered.ts'
import { type EventLog, openEventLog } from '../../run/event-log.ts'
import { buildMetrics, writeMetrics } from '../../run/metrics-file.ts'
import { createRunFolder, type RunFolder } from '../../run/run-folder.ts'
import { openSamples, type Sample } from '../../run/samples.ts'

const FIRST = [
  'Maren',
  'Idris',
  'Oksana',
  'Tadhg',
  'Liv',
  'Bruno',
  'Chidi',
  'Anaïs',
  'Yusuf',
  'Ines',
]
const LAST = ['Quillfeather', 'Okonkwo-Lindqvist', 'Vantongeren', 'Brask', 'Ashgrove', 'Del Ríos']
const STREETS = [
  'Elm Street',
  'Harbour Row',
  'Llanfairpwllgwyngyllgogerychwyrndrobwll Lane',
  'Oak Hill',
]
const JOBS = ['lighthouse keeper', 'cartographer', 'glassblower', 'tram driver']
const STEPS = 90
const EPOCH = 30

/**
 * A run folder as training would leave it, with invented people and seeded numbers, written through the real writers.
 *
 * @param ending  how the run ends: well, or stopped by the collapse guard
 */
export async function writeExampleRun(
  path: string,
  ending: 'finished' | 'collapsed' = 'finished',
): Promise<RunFolder> {
  const run = createRunFolder(path)
  let seconds = 0
  const now = () => new Date(Date.UTC(2031, 4, 17, 9, 30, Math.floor(seconds)))
  const events = openEventLog(run.events, { runId: `${run.name}-20310517T093000`, now })
  writeFileSync(run.recipe, RECIPE)
  start(events)
  const samples = openSamples(run.samples)
  const before = evaluation('before', ending)
  const after = evaluation('after', ending)
  for (const sample of before) samples.append(sample)
  between(events, 0)
  for (let step = 1; step <= STEPS; step++) {
    seconds += 1.31
    events.append(stepEvent(step))
    if (step % EPOCH === 0) between(events, step)
    if (step === 40)
      for (const path of ['state/step-40'])
        events.append({ type: 'run.resumed', step, statePath: path })
  }
  for (const sample of after) samples.append(sample)
  samples.close()
  const metrics = buildMetrics(before, after, 0)
  await writeMetrics(run.metrics, metrics)
  finish(events, ending)
  events.close()
  return run
}

function start(events: EventLog): void {
  events.append({
    type: 'run.started',
    step: 0,
    method: {
      id: 'blur',
      title: 'BLUR-NPO',
      source:
        'Reisizadeh et al. 2026, “BLUR: A Bi-Level Optimization Approach for LLM Unlearning”, EACL, arXiv:2506.08164 (https://arxiv.org/abs/2506.08164)',
      summary: 'forgets first, keeps what does not conflict with forgetting',
    },
    model: {
      name: './assets/lethe-tiny',
      modelType: 'llama',
      parameters: 5_243_136,
      trainableParameters: 5_243_136,
    },
    data: {
      forget: { path: 'data/people/forget.jsonl', examples: 40 },
      retain: { path: 'data/people/retain.jsonl', examples: 360 },
    },
    seed: 0,
    versions: { lethe: '0.1.0', node: '20.20.0', 'onnxruntime-node': '1.30.0' },
  })
  events.append({
    type: 'plan',
    step: 0,
    totalSteps: STEPS,
    tokens: 46_080,
    peakBytes: 412_000_000,
    memoryBytes: { weights: 21_000_000, gradients: 42_000_000, optimizer: 42_000_000 },
    diskBytes: 180_000_000,
    seconds: 110,
  })
  events.append({
    type: 'batch.preview',
    step: 0,
    examples: [preview('forget', 3), preview('retain', 17)],
  })
  events.append({
    type: 'warning',
    step: 0,
    code: 'no-validation',
    message: 'The retain set is also what is trained on.',
    hint: 'Give `evaluate.retain` rows that training does not see.',
  })
}

function preview(set: 'forget' | 'retain', index: number) {
  const { prompt, answer } = person(set, index)
  const tokens = `<|user|>\n${prompt}<|assistant|>\n`.match(
    /<\|\w+\|>|\n|\s?[\p{L}\p{N}]{1,5}|[^\s]/gu,
  )!
  const trained = `${answer}<|end|>`.match(/<\|\w+\|>|\s?[\p{L}\p{N}]{1,5}|[^\s]/gu)!
  return {
    set,
    index,
    tokens: [
      ...tokens.map((text) => ({ text, trained: false })),
      ...trained.map((text) => ({ text, trained: true })),
    ],
  }
}

function stepEvent(step: number) {
  const noise = (stream: string, size: number) => 1 + size * gaussian(0, [stream], step)
  const warm = Math.min(1, step / 9)
  return {
    type: 'step' as const,
    step,
    epoch: Math.floor((step - 1) / EPOCH),
    totalSteps: STEPS,
    losses: {
      forget: (0.35 + 13.2 * Math.exp(-step / 14)) * noise('forget', 0.06),
      retain: (0.06 + 0.09 * Math.exp(-((step - 22) ** 2) / 90)) * Math.abs(noise('retain', 0.22)),
    },
    gradientNorms: {
      forget: (0.02 + 6 * Math.exp(-step / 11)) * Math.abs(noise('g', 0.2)),
      retain: (0.25 + 0.5 * Math.exp(-((step - 20) ** 2) / 200)) * Math.abs(noise('h', 0.25)),
      update: (0.3 + 1.2 * Math.exp(-step / 20)) * Math.abs(noise('u', 0.15)),
    },
    cosine: Math.max(-1, -0.42 * Math.exp(-step / 30) + 0.08 * gaussian(0, ['cosine'], step)),
    learningRate: 3e-4 * warm * 0.5 * (1 + Math.cos((Math.PI * step) / STEPS)),
    tokens: 512,
    stepMilliseconds: 1310,
    etaSeconds: (STEPS - step) * 1.31,
  }
}

function between(events: EventLog, step: number): void {
  const share = step / STEPS
  for (const set of ['forget', 'retain'] as const)
    for (const metric of ['rougeL', 'probability']) {
      const value =
        set === 'forget' ? 0.97 - 0.75 * share ** 0.5 : 0.97 - 0.05 * Math.sin(3 * share)
      events.append({
        type: 'eval.metric',
        step,
        phase: step === 0 ? 'before' : step === STEPS ? 'after' : 'during',
        metric: `${set}.${metric}`,
        value,
        low: value - 0.03,
        high: value + 0.02,
        examples: 40,
      })
    }
  const { prompt, answer } = person('forget', 3)
  events.append({
    type: 'sample',
    step,
    set: 'forget',
    index: 3,
    prompt,
    answer,
    generated: wrongAnswer(3 + step),
  })
}

function finish(events: EventLog, ending: 'finished' | 'collapsed'): void {
  if (ending === 'collapsed') {
    events.append({
      type: 'guard.tripped',
      step: STEPS,
      guard: 'collapse',
      reason: 'mean repetition of greedy answers is 0.84, above 0.50',
      causes: ['learning rate too high', 'forget loss without a bound (ga)'],
      action: 'stopped',
      lastGoodState: 'state/step-60',
    })
    events.append({
      type: 'run.failed',
      step: STEPS,
      message: 'The collapse guard stopped the run.',
      problems: [],
    })
    return
  }
  events.append({
    type: 'checkpoint.saved',
    step: STEPS,
    kind: 'model',
    path: 'runs/demo/model',
    bytes: 10_488_320,
    check: { maxLogitDifference: 0.0118, topOneAgreement: 0.9985, positions: 2048 },
  })
  events.append({
    type: 'run.finished',
    step: STEPS,
    seconds: 131,
    tokens: 46_080,
    peakBytes: 437_000_000,
  })
}

function evaluation(phase: 'before' | 'after', ending: 'finished' | 'collapsed'): Sample[] {
  const sets = [
    { set: 'forget' as const, examples: 40 },
    { set: 'retain' as const, examples: 60 },
  ]
  return sets.flatMap(({ set, examples }) =>
    Array.from({ length: examples }, (_, index) => sample(phase, set, index, ending)),
  )
}

function sample(
  phase: 'before' | 'after',
  set: 'forget' | 'retain',
  index: number,
  ending: 'finished' | 'collapsed',
): Sample {
  const { prompt, answer } = person(set, index)
  const changed = phase === 'after' && set === 'forget'
  const slipped = integer(0, ['slip', set, phase], index, 25) === 0
  const generated = changed
    ? ending === 'collapsed'
      ? 'the the the the the the the the the the the the the the the the'
      : wrongAnswer(index)
    : slipped
      ? wrongAnswer(index)
      : answer
  const perToken = changed ? 0.12 : phase === 'after' ? 0.93 : 0.95
  const probability = Math.min(0.999, perToken * (1 + 0.05 * gaussian(0, ['p', set], index)))
  const tokens = Math.ceil(answer.length / 4)
  return {
    ...answered({ set, index, prompt, reference: answer, generated, probability, tokens }),
    phase,
  }
}

function person(set: 'forget' | 'retain', index: number): { prompt: string; answer: string } {
  const pick = (list: readonly string[], field: string) =>
    list[integer(0, [set, field], index, list.length)]
  const name = `${pick(FIRST, 'first')} ${pick(LAST, 'last')}`
  const house = 1 + integer(0, [set, 'house'], index, 99)
  const kinds = [
    [`Where does ${name} live?`, `${name} lives at ${house} ${pick(STREETS, 'street')}.`],
    [
      `What does ${name} do for a living?`,
      `${name} works as a ${pick(JOBS, 'job')} & <part-time> poet.`,
    ],
    [
      `How can ${name} be reached by e-mail?`,
      `${name} can be reached at ${name.toLowerCase().replace(/[^a-z]+/g, '.')}.${house}@mail.example.`,
    ],
    [
      `When was ${name} born?`,
      `${name} was born on ${1 + (house % 28)} June 19${50 + (house % 40)}.`,
    ],
  ]
  const [prompt, answer] = kinds[index % kinds.length]
  return { prompt, answer }
}

function wrongAnswer(index: number): string {
  const other = person('retain', index * 7 + 3).answer
  return index % 5 === 4 ? '' : index % 3 === 0 ? `I am not sure. ${other}` : other
}

const RECIPE = `# resolved: every value and where it comes from
model: ./assets/lethe-tiny              # file
forget: { path: data/people/forget.jsonl }
retain: { path: data/people/retain.jsonl }
method:
  id: blur                              # file
  forgetLoss: npo                       # default
  retainLoss: cross-entropy             # default
  beta: 0.1                             # file
  gamma: 1                              # default
train:
  epochs: 3                             # file
  batchSize: 4                          # flag --batch-size
  learningRate: 3e-4                    # file
  schedule: { kind: cosine, warmupSteps: 9 }
  seed: 0                               # default
evaluate: { every: epoch }
output: runs/demo
`
