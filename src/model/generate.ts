import type { DeviceBuffer, Engine, HeldTensor, Tensor } from '../engine/engine.ts'
import type { Memory } from '../engine/memory.ts'
import { valuesFor } from '../engine/ports.ts'
import { input, type Node } from '../graph/index.ts'
import { type Stream, uniform } from '../math/random.ts'
import { tableInputs, tableValues } from './attention-inputs.ts'
import { headLogits } from './head.ts'
import type { LanguageModel, Weights } from './model.ts'

export interface GenerationOptions {
  readonly maxNewTokens: number
  /** Generation of a sequence ends with any of these; the token itself is not returned. */
  readonly stopTokens: readonly number[]
  /** 0: greedy. Else logits are divided by it and a token is drawn. */
  readonly temperature?: number
  /** Draw among the most likely tokens that together have at least this probability. 1: all. */
  readonly topP?: number
  readonly seed?: number
  /** Names the draws of each prompt; unless given they are named by the prompt and by which of several equal ones it is. */
  readonly streams?: readonly Stream[]
  /** First tokens of each answer that are known already, none of them a stop token; the result has them too. */
  readonly prefixes?: readonly Int32Array[]
  /** Asked before each pass of the model; where it says so, answers end there. */
  readonly stopRequested?: () => boolean
  /** Called with each new token, for showing text as it comes. */
  readonly onToken?: (sequence: number, token: number) => void
}

export interface Generator {
  /**
   * Continues each prompt. The result does not depend on which prompts share a batch; equal prompts of one call draw
   * apart.
   *
   * @param prompts non-empty token sequences
   * @returns new tokens per prompt, without the stop token
   */
  generate(prompts: readonly Int32Array[], options: GenerationOptions): Promise<Int32Array[]>
  dispose(): void
}

/** Room for new tokens that a cache has at first; most answers are shorter than the longest that is allowed. */
export const firstNewTokens = 64

const cacheNames = (layer: number) => ({ key: `key ${layer}`, value: `value ${layer}` })

/**
 * A generator: continues token sequences with a model, one token a forward pass, keys and values of earlier ones cached.
 *
 * Greedy by default; else a token is drawn from `softmax(logits / temperature)`, cut to the fewest most likely ones that
 * have `topP` together. Weights are read as they are at each call, so a generator goes with a model in training.
 *
 * Memory: `8·layers·keyValueHeads·headDim` bytes a position and row, for the prompts and `firstNewTokens` at first, twice
 * the room whenever an answer needs it; rows of finished answers are dropped when they are half of the batch.
 * Numerics: draws depend on (seed, stream, position) only, on no other prompt of the batch; equal logits: the first token.
 *
 * @param options.values f32 by name, every weight and adapter matrix that `weights` asks for
 * @returns a generator; `dispose` frees the program, not the weights
 */
export async function createGenerator(options: {
  engine: Engine
  model: LanguageModel
  weights: Weights
  /** Every weight by name. */
  values: ReadonlyMap<string, Tensor>
}): Promise<Generator> {
  const { engine, model, weights, values } = options
  const { memory } = engine
  const program = await engine.compile(generationGraph(model, weights))
  const weightInputs = valuesFor(program, values)

  return {
    async generate(prompts, settings) {
      const { maxNewTokens, stopTokens, onToken } = settings
      if (prompts.length === 0) return []
      const stops = new Set(stopTokens)
      const prefixes = settings.prefixes ?? prompts.map(() => new Int32Array())
      const starts = prompts.map((prompt, b) => Int32Array.from([...prompt, ...prefixes[b]]))
      const longest = Math.max(...starts.map((start) => start.length))
      const positions = Math.max(...prompts.map((prompt) => prompt.length)) + maxNewTokens
      let slots = Math.min(positions, longest + firstNewTokens)
      const tables = tableValues(model, positions)
      const generated = prefixes.map((tokens) => [...tokens])
      const streams = settings.streams ?? drawStreams(prompts)
      /** Which prompt each row of the batch continues; rows leave when enough of them are finished. */
      let rows = [...prompts.keys()]
      let lengths = Int32Array.from(starts, (start) => start.length)
      let finished = generated.map((tokens) => tokens.length >= maxNewTokens)
      let cache = emptyCache(memory, model, rows.length, slots)
      let logits = new Float32Array(rows.length * model.vocab)
      let tokens = new Int32Array(rows.length * longest)
      for (const [b, start] of starts.entries()) tokens.set(start, b * longest)
      let seq = longest
      while (finished.includes(false) && !settings.stopRequested?.()) {
        const batch = rows.length
        const total = Math.max(...lengths)
        await program.run(
          {
            ...weightInputs,
            ...cache.inputs,
            ...tables,
            tokens: { data: tokens, shape: [batch, seq] },
            positions: {
              data: Int32Array.from(tokens, (_, i) => (seq === 1 ? lengths[i] - 1 : i % seq)),
              shape: [batch, seq],
            },
            rows: {
              data: lengths.map((length, b) => b * seq + (seq === 1 ? 0 : length - 1)),
              shape: [batch],
            },
            lengths: { data: lengths.map((length) => length - 1), shape: [batch] },
            total: { data: Int32Array.of(total), shape: [1] },
          },
          { ...cache.outputs, logits },
        )
        const next = new Int32Array(batch)
        for (const [b, place] of rows.entries()) {
          if (finished[b]) continue
          const row = logits.subarray(b * model.vocab, (b + 1) * model.vocab)
          const token = chooseToken(row, settings, streams[place], generated[place].length)
          if (stops.has(token)) {
            finished[b] = true
            continue
          }
          generated[place].push(token)
          onToken?.(place, token)
          next[b] = token
          if (generated[place].length === maxNewTokens || lengths[b] === model.positionLimit)
            finished[b] = true
          else lengths[b]++
        }
        tokens = next
        seq = 1
        const unfinished = [...rows.keys()].filter((b) => !finished[b])
        if (unfinished.length === 0) continue
        const isFull = unfinished.some((b) => lengths[b] > slots)
        if (!isFull && unfinished.length > batch / 2) continue
        // The longest answers need more room than most; by then few are left.
        const room = isFull ? Math.min(positions, longest + 2 * (slots - longest)) : slots
        const smaller = await resized(memory, model, cache, unfinished, { from: slots, to: room })
        freeCache(memory, cache)
        cache = smaller
        slots = room
        logits = new Float32Array(unfinished.length * model.vocab)
        rows = unfinished.map((b) => rows[b])
        lengths = Int32Array.from(unfinished, (b) => lengths[b])
        tokens = Int32Array.from(unfinished, (b) => next[b])
        finished = unfinished.map(() => false)
      }
      freeCache(memory, cache)
      return generated.map((list) => Int32Array.from(list))
    },
    dispose: () => program.dispose(),
  }
}

/** Keys and values of a batch, which each step writes into the buffers it reads. */
interface Cache {
  readonly inputs: Readonly<Record<string, HeldTensor>>
  readonly outputs: Readonly<Record<string, DeviceBuffer>>
}

function emptyCache(memory: Memory, model: LanguageModel, batch: number, slots: number): Cache {
  const shape = [batch, model.keyValueHeads, slots, model.headDim]
  const size = shape.reduce((product, length) => product * length, 1)
  const inputs: Record<string, HeldTensor> = {}
  const outputs: Record<string, DeviceBuffer> = {}
  for (let layer = 0; layer < model.layers; layer++)
    for (const name of Object.values(cacheNames(layer))) {
      const data = memory.make(size)
      inputs[name] = { data, shape }
      outputs[`new ${name}`] = data
    }
  return { inputs, outputs }
}

/** The cache of some rows of a batch, since what is finished need not be continued, with as much room or more. */
async function resized(
  memory: Memory,
  model: LanguageModel,
  cache: Cache,
  rows: readonly number[],
  slots: { readonly from: number; readonly to: number },
): Promise<Cache> {
  const { keyValueHeads, headDim } = model
  const to = emptyCache(memory, model, rows.length, slots.to)
  const used = slots.from * headDim
  const blocks = rows.flatMap((row, b) =>
    Array.from({ length: keyValueHeads }, (_, head) => ({
      from: (row * keyValueHeads + head) * used,
      to: (b * keyValueHeads + head) * slots.to * headDim,
      length: used,
    })),
  )
  for (const [name, source] of Object.entries(cache.outputs))
    await memory.copy(source, to.outputs[name], blocks)
  return to
}

function freeCache(memory: Memory, { outputs }: Cache): void {
  for (const buffer of Object.values(outputs)) memory.free(buffer)
}

function generationGraph(model: LanguageModel, weights: Weights): Record<string, Node> {
  const cache = (name: string) =>
    input(name, ['batch', model.keyValueHeads, 'slots', model.headDim])
  const layers = Array.from({ length: model.layers }, (_, layer) => cacheNames(layer))
  const { hidden, keys, values } = model.cachedHidden(weights, {
    tokens: input('tokens', ['batch', 'seq'], 'i32'),
    positions: input('positions', ['batch', 'seq'], 'i32'),
    lengths: input('lengths', ['batch'], 'i32'),
    total: input('total', [1], 'i32'),
    tables: tableInputs(model),
    rows: input('rows', ['batch'], 'i32'),
    keys: layers.map(({ key }) => cache(key)),
    values: layers.map(({ value }) => cache(value)),
  })
  const outputs: Record<string, Node> = {
    logits: headLogits(model, weights, hidden),
  }
  for (const [layer, { key, value }] of layers.entries()) {
    outputs[`new ${key}`] = keys[layer]
    outputs[`new ${value}`] = values[layer]
  }
  return outputs
}

/** Draws are named by the prompt, not by its place in the batch, and by which of several equal prompts it is. */
function drawStreams(prompts: readonly Int32Array[]): Stream[] {
  const copies = new Map<string, number>()
  return prompts.map((prompt) => {
    const text = prompt.join()
    const copy = copies.get(text) ?? 0
    copies.set(text, copy + 1)
    return ['sample', text, copy]
  })
}

/**
 * The next token from one row of logits: the largest (the first of equals) at temperature 0, else a draw that
 * depends on (seed, stream, position) only.
 */
export function chooseToken(
  logits: Float32Array,
  { temperature = 0, topP = 1, seed = 0 }: Partial<GenerationOptions>,
  stream: Stream,
  position: number,
): number {
  let best = 0
  for (let v = 1; v < logits.length; v++) if (logits[v] > logits[best]) best = v
  if (temperature === 0) return best
  const weights = Float64Array.from(logits, (z) => Math.exp((z - logits[best]) / temperature))
  const total = weights.reduce((a, b) => a + b, 0)
  const order = Int32Array.from(weights, (_, v) => v).sort(
    (a, b) => weights[b] - weights[a] || a - b,
  )
  let kept = 0
  let count = 0
  while (count < order.length && (count === 0 || kept < topP * total))
    kept += weights[order[count++]]
  let rest = uniform(seed, stream, position) * kept
  for (let i = 0; i < count; i++) {
    rest -= weights[order[i]]
    if (rest < 0) return order[i]
  }
  return order[count - 1]
}
