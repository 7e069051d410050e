import type { Engine, Program, Tensor } from '../engine/engine.ts'
import { valuesFor } from '../engine/ports.ts'
import { argMax, input, type Node } from '../graph/index.ts'
import type { Stream } from '../math/random.ts'
import { maskInputs, tableInputs, tableValues } from './attention-inputs.ts'
import { type Choosing, chooseToken } from './choose-token.ts'
import { headLogits } from './head.ts'
import { cacheNodes, cacheOutputs, copyStretches, createCachePool } from './key-value-cache.ts'
import type { HiddenStates, LanguageModel, Weights } from './model.ts'
import { fillFromTrees, type Said } from './shared-prompts.ts'
import { cheapestTrees } from './token-tree.ts'

export interface GenerationOptions extends Choosing {
  readonly maxNewTokens: number
  /** Generation of a sequence ends with any of these; the token itself is not returned. */
  readonly stopTokens: readonly number[]
  /** Names the draws of each prompt; unless given they are named by the prompt and by which of several equal ones it is. */
  readonly streams?: readonly Stream[]
  /** First tokens of each answer that are known already, none of them a stop token; the result has them too. */
  readonly prefixes?: readonly Int32Array[]
  /** Asked before each pass of the model; where it says so, answers end there. */
  readonly stopRequested?: () => boolean
  /** Called with each new token, for showing text as it comes. */
  readonly onToken?: (sequence: number, token: number) => void
  /** Called where an answer has its end, while others go on. */
  readonly onEnd?: (sequence: number, tokens: Int32Array) => void
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

/**
 * A generator: continues token sequences with a model, one token a forward pass, keys and values of earlier ones cached.
 *
 * Greedy by default; else a token is drawn from `softmax(logits / temperature)`, cut to the fewest most likely ones that
 * have `topP` together. Weights are read as they are at each call, so a generator goes with a model in training.
 *
 * Memory: `8·layers·keyValueHeads·headDim` bytes a position and row, for the prompts and `firstNewTokens` at first, twice
 * the room whenever an answer needs it; rows of finished answers are dropped when they are half of the batch. Prompts that
 * begin alike are read as trees, in which what they have in common is there once.
 * Numerics: draws depend on (seed, stream, position) only, on no other prompt of the batch; equal logits: the first token.
 *
 * @param options.share  off: each prompt is read for itself, the slow twin
 * @param options.values f32 by name, every weight and adapter matrix that `weights` asks for
 * @returns a generator; `dispose` frees its programs and caches, not the weights; they are made again when they are needed
 */
export async function createGenerator(options: {
  engine: Engine
  model: LanguageModel
  weights: Weights
  /** Every weight by name. */
  values: ReadonlyMap<string, Tensor>
  share?: boolean
}): Promise<Generator> {
  const { engine, model, weights, values, share = true } = options
  const { memory } = engine
  const programs = new Map<string, Program>()
  const pool = createCachePool(memory, model)
  const programFor = async (kind: keyof typeof statesOf, isGreedy: boolean) => {
    const key = `${kind} ${isGreedy}`
    const states = () => statesOf[kind](model, weights)
    const program =
      programs.get(key) ?? (await engine.compile(sayingGraph(model, weights, states(), isGreedy)))
    programs.set(key, program)
    return program
  }

  return {
    async generate(prompts, settings) {
      const { maxNewTokens, stopTokens, onToken, onEnd } = settings
      if (prompts.length === 0) return []
      const isGreedy = (settings.temperature ?? 0) === 0
      const stops = new Set(stopTokens)
      const prefixes = settings.prefixes ?? prompts.map(() => new Int32Array())
      const starts = prompts.map((prompt, b) => Int32Array.from([...prompt, ...prefixes[b]]))
      const longest = Math.max(...starts.map((start) => start.length))
      const positions = Math.max(...prompts.map((prompt) => prompt.length)) + maxNewTokens
      const tables = tableValues(model, positions)
      const generated = prefixes.map((tokens) => [...tokens])
      const streams = settings.streams ?? drawStreams(prompts)
      /** Which prompt each row of the batch continues; rows leave when enough of them are finished. */
      let rows = [...prompts.keys()]
      let lengths = Int32Array.from(starts, (start) => start.length)
      let finished = generated.map((tokens) => tokens.length >= maxNewTokens)
      let slots = Math.min(positions, longest + firstNewTokens)
      let cache = pool.take(rows.length, slots)
      let said = room(rows.length, model, isGreedy)

      /** What the model says after the last of `seq` tokens of each row. */
      const step = async (tokens: Int32Array, seq: number) => {
        const program = await programFor('cached', isGreedy)
        const batch = rows.length
        await program.run(
          {
            ...valuesFor(program, values),
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
            total: { data: Int32Array.of(Math.max(...lengths)), shape: [1] },
          },
          { ...cache.outputs, said },
        )
      }
      const readPrompts = async () => {
        const pieces = share ? cheapestTrees(starts, model.dim) : []
        if (pieces.some(({ length }) => length > 1)) {
          const program = await programFor('tree', isGreedy)
          const given = valuesFor(program, values)
          const run = (inputs: Record<string, Tensor>, outputs: Parameters<Program['run']>[1]) =>
            program.run({ ...given, ...inputs }, outputs)
          await fillFromTrees(starts, pieces, { memory, model, pool, run, cache, slots, said })
          return
        }
        const tokens = new Int32Array(rows.length * longest)
        for (const [b, start] of starts.entries()) tokens.set(start, b * longest)
        await step(tokens, longest)
      }
      const end = (place: number) => onEnd?.(place, Int32Array.from(generated[place]))
      for (const [b, place] of rows.entries()) if (finished[b]) end(place)

      let tokens: Int32Array | null = null
      while (finished.includes(false) && !settings.stopRequested?.()) {
        const batch = rows.length
        if (tokens) await step(tokens, 1)
        else await readPrompts()
        const next = new Int32Array(batch)
        for (const [b, place] of rows.entries()) {
          if (finished[b]) continue
          const token = isGreedy
            ? said[b]
            : chooseToken(
                (said as Float32Array).subarray(b * model.vocab, (b + 1) * model.vocab),
                settings,
                streams[place],
                generated[place].length,
              )
          if (!stops.has(token)) {
            generated[place].push(token)
            onToken?.(place, token)
            next[b] = token
          }
          finished[b] =
            stops.has(token) ||
            generated[place].length === maxNewTokens ||
            lengths[b] === model.positionLimit
          if (finished[b]) end(place)
          else lengths[b]++
        }
        tokens = next
        const unfinished = [...rows.keys()].filter((b) => !finished[b])
        if (unfinished.length === 0) continue
        const isFull = unfinished.some((b) => lengths[b] > slots)
        if (!isFull && unfinished.length > batch / 2) continue
        // The longest answers need more room than most; by then few are left.
        const larger = isFull ? Math.min(positions, longest + 2 * (slots - longest)) : slots
        const smaller = pool.take(unfinished.length, larger)
        const stretches = unfinished.map((row, b) => ({
          from: { row, slot: 0 },
          to: { row: b, slot: 0 },
          length: slots,
        }))
        await copyStretches(
          memory,
          model,
          stretches,
          { cache, slots },
          { cache: smaller, slots: larger },
        )
        pool.giveBack(cache)
        cache = smaller
        slots = larger
        rows = unfinished.map((b) => rows[b])
        lengths = Int32Array.from(unfinished, (b) => lengths[b])
        tokens = Int32Array.from(unfinished, (b) => next[b])
        finished = unfinished.map(() => false)
        said = room(rows.length, model, isGreedy)
      }
      pool.giveBack(cache)
      return generated.map((list) => Int32Array.from(list))
    },
    dispose() {
      for (const program of programs.values()) program.dispose()
      programs.clear()
      pool.dispose()
    },
  }
}

/** Room for what a model says after rows: the likeliest token of each, or all its logits. */
function room(rows: number, { vocab }: LanguageModel, isGreedy: boolean): Said {
  return isGreedy ? new Int32Array(rows) : new Float32Array(rows * vocab)
}

function sayingGraph(
  model: LanguageModel,
  weights: Weights,
  states: HiddenStates,
  isGreedy: boolean,
): Record<string, Node> {
  const logits = headLogits(model, weights, states.hidden)
  return { said: isGreedy ? argMax(logits) : logits, ...cacheOutputs(states) }
}

/** The states of what is fed: the next tokens of a batch with a cache, or trees of prompts. */
const statesOf = {
  cached: (model: LanguageModel, weights: Weights) =>
    model.cachedHidden(weights, {
      tokens: input('tokens', ['batch', 'seq'], 'i32'),
      positions: input('positions', ['batch', 'seq'], 'i32'),
      lengths: input('lengths', ['batch'], 'i32'),
      total: input('total', [1], 'i32'),
      tables: tableInputs(model),
      rows: input('rows', ['batch'], 'i32'),
      ...cacheNodes(model),
    }),
  tree: (model: LanguageModel, weights: Weights) =>
    model.treeStates(weights, {
      tokens: input('tokens', ['batch', 'seq'], 'i32'),
      positions: input('positions', ['batch', 'seq'], 'i32'),
      masks: maskInputs(model, ['batch', 1, 1, 'seq', 'seq']),
      tables: tableInputs(model),
      rows: input('rows', ['answers'], 'i32'),
    }),
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
