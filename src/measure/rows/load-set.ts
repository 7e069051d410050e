import type { Tokenizer } from '../../checkpoint/tokenizer.ts'
import { chatPrompt, chatSegments } from '../../data/chat-segments.ts'
import { evenlySpaced } from '../../data/evenly-spaced.ts'
import type { Example } from '../../data/example.ts'
import { firstProblems } from '../../data/first-problems.ts'
import type { SourceRecord } from '../../data/parse-records.ts'
import { defaultTemplate, fillTemplate, type PlainTemplate } from '../../data/plain-template.ts'
import { encodeSegments, type Segment } from '../../data/segment.ts'
import { type Problem, UserError } from '../../error.ts'
import type { BenchmarkSet } from '../benchmark.ts'
import { describeWhere, findFile, readRows, rowsWith } from './read-rows.ts'
import { RowFields } from './row-fields.ts'
import { choiceLetters, choiceQuestion, loadShots, missingSplit } from './shots.ts'

/** A row of a benchmark, ready for a model. */
export interface BenchmarkRow {
  readonly set: string
  readonly index: number
  readonly id?: string
  readonly prompt: string
  /** tokens that generation starts from; empty where the set has no prompt */
  readonly promptTokens: Int32Array
  readonly texts: Readonly<Record<string, readonly ScoredText[]>>
  readonly reference?: string
  readonly gold?: number
}

export interface ScoredText {
  readonly text: string
  readonly example: Example
}

/** `chat`: whether the prompt is a user's message and the text before {answer} begins the model's. */
type SetTemplate = PlainTemplate & { readonly chat?: boolean | undefined }

/** A set with what its encoding did. */
export interface LoadedSet {
  readonly rows: readonly BenchmarkRow[]
  /** null where the benchmark brings its rows */
  readonly file: string | null
  readonly template: 'chat' | SetTemplate
  /** Texts that lost tokens to the model's longest sequence. */
  readonly truncated: number
}

/** The choice of the rows of a set that are measured. */
export interface RowChoice {
  readonly limit?: number | null
  /** of sets that have splits, by their id */
  readonly keep?: (id: string) => boolean
}

/**
 * Reads and encodes one set of a benchmark.
 *
 * @returns null where an optional set has no file
 * @throws UserError for a missing file, or rows without the fields that the benchmark names (all of them at once)
 */
export async function loadSet(
  folder: string,
  name: string,
  set: BenchmarkSet,
  options: RowChoice & { readonly tokenizer: Tokenizer; readonly maxPositions: number },
): Promise<LoadedSet | null> {
  const { tokenizer, maxPositions } = options
  const found = await chosenRows(folder, name, set, options)
  if (!found) return null
  const { file, rows: chosen } = found
  const template = templateOf(set, tokenizer)
  const shots = await loadShots(folder, name, set, template)
  const problems: Problem[] = []
  let truncated = 0
  const rows = chosen.map((record, index): BenchmarkRow => {
    const fields = new RowFields(record, problems)
    const prompt = set.prompt === null ? '' : fields.text(set.prompt)
    const options = set.choices ? fields.list(set.choices.field) : []
    const asked = set.choices ? choiceQuestion(prompt, options) : prompt
    const instruction = set.instruction.replace(/\{(\w+)\}/g, (_, field) =>
      fields.text(field).replaceAll('_', ' '),
    )
    const encodeAfter = (shown: number, text: string) => {
      const before = instruction + (shots?.text(record.value, shown) ?? '')
      return encodeText(asked, text, { set, template, before, tokenizer, index })
    }
    let shown = shots?.count ?? 0
    // Options that were cut off could not be told apart: examples give way, the last first.
    if (set.choices)
      while (shown > 0 && encodeAfter(shown, 'A').tokens.length > maxPositions) shown--
    const encode = (text: string) => {
      const example = cut(encodeAfter(shown, text), maxPositions)
      truncated += example.truncatedTokens > 0 ? 1 : 0
      return { text, example }
    }
    const requireRoom = (tokens: number) => {
      if (tokens < maxPositions) return
      problems.push({
        code: 'prompt-too-long',
        position: fields.position,
        expected: `a prompt of fewer tokens than the model reads = ${maxPositions}`,
        got: `${tokens} in set "${name}"`,
      })
    }
    const texts: Record<string, ScoredText[]> = {}
    for (const [key, field] of Object.entries(set.texts))
      texts[key] = fields.list(field).map(encode)
    let gold: number | undefined
    if (set.choices) {
      requireRoom(encodeAfter(shown, '').tokens.length)
      texts.options = choiceLetters(options).map(encode)
      gold = fields.number(set.choices.gold)
    }
    const { generate } = set
    const full = generate ? fields.list(generate.reference)[0] : undefined
    const isAsked = generate !== null || set.probes !== undefined
    const promptTokens = isAsked ? encodeAfter(shown, '').tokens : new Int32Array()
    if (isAsked) requireRoom(promptTokens.length)
    return {
      set: name,
      index,
      ...(typeof record.value.id === 'string' && { id: record.value.id }),
      prompt: asked,
      promptTokens,
      texts,
      ...(full !== undefined && {
        reference: cutReference(full, generate?.referenceTokens, tokenizer),
      }),
      ...(gold !== undefined && { gold }),
    }
  })
  if (problems.length > 0) throw new UserError(firstProblems(problems))
  if (rows.length === 0)
    throw new UserError({
      code: 'empty-set',
      path: file ?? name,
      expected: `rows for set "${name}"${describeWhere(set.where)}`,
      got: 'none',
    })
  return { rows, file, template, truncated }
}

function templateOf(set: BenchmarkSet, tokenizer: Tokenizer): 'chat' | SetTemplate {
  if (typeof set.template === 'object') return set.template
  if (set.template === 'raw') return { prompt: '{question}', answer: ' {answer}' }
  return tokenizer.hasChatTemplate ? 'chat' : defaultTemplate('question-answer')
}

/**
 * Counts the rows of a set that are measured; null where an optional set has no file.
 *
 * @throws UserError for a missing file
 */
export async function countRows(
  folder: string,
  name: string,
  set: BenchmarkSet,
  choice: RowChoice,
): Promise<number | null> {
  if (set.shots && !findFile(folder, set.shots.file) && !set.optional)
    throw missingSplit(folder, name, set.shots)
  return (await chosenRows(folder, name, set, choice))?.rows.length ?? null
}

async function chosenRows(
  folder: string,
  name: string,
  set: BenchmarkSet,
  { limit, keep }: RowChoice,
): Promise<{ file: string | null; rows: readonly SourceRecord[] } | null> {
  const { file: names } = set
  const file = names === undefined ? null : findFile(folder, names)
  if (names !== undefined && !file) {
    if (set.optional) return null
    throw missingSplit(folder, name, { file: names })
  }
  // Sets whose rows have no part in the task (membership documents, MMLU) are taken whole.
  const split = set.where.task !== undefined ? keep : undefined
  const all = rowsWith(file ? await readRows(file) : ownRows(name, set), set.where)
  const kept = split ? all.filter(({ value }) => split(String(value.id))) : all
  return { file, rows: evenlySpaced(kept, limit ?? null) }
}

function ownRows(name: string, { rows = [] }: BenchmarkSet): SourceRecord[] {
  return rows.map((value, i) => ({
    file: `set "${name}"`,
    line: i + 1,
    column: 1,
    value,
    source: '',
  }))
}

/** A prompt and a text after it as tokens; for an empty text the tokens that generation starts from. */
function encodeText(
  prompt: string,
  text: string,
  options: {
    set: BenchmarkSet
    template: 'chat' | SetTemplate
    before: string
    tokenizer: Tokenizer
    index: number
  },
): Example {
  const { set, template, before, tokenizer, index } = options
  const { segments, special } = segmentsOf(prompt, text, set, template, before, tokenizer)
  const { tokens, trained, starts } = encodeSegments(segments, tokenizer, {
    addSpecialTokens: special,
  })
  return {
    index,
    tokens,
    trained,
    promptLength: starts.at(-1) ?? tokens.length,
    prompt,
    answer: text,
    origin: { file: '', line: index + 1 },
    truncatedTokens: 0,
  }
}

function segmentsOf(
  prompt: string,
  text: string,
  set: BenchmarkSet,
  template: 'chat' | SetTemplate,
  before: string,
  tokenizer: Tokenizer,
): { segments: Segment[]; special: boolean } {
  if (set.prompt === null)
    return { segments: [{ text, trained: true, end: set.end }], special: true }
  if (typeof template === 'object' && template.chat)
    return ledSegments(
      before + fillTemplate(template.prompt, prompt),
      text,
      set,
      template,
      tokenizer,
    )
  if (template === 'chat') {
    const user = { role: 'user', content: before + prompt }
    if (text === '') {
      const whole = chatPrompt([user], tokenizer)
      return { segments: [{ text: whole, trained: false, end: false }], special: false }
    }
    const made = chatSegments([user, { role: 'assistant', content: text }], tokenizer)
    if ('problem' in made) throw new UserError(made.problem)
    return { segments: made.segments, special: false }
  }
  const asked = { text: before + fillTemplate(template.prompt, prompt), trained: false, end: false }
  if (text === '') return { segments: [asked], special: true }
  const end = set.end && !set.choices
  const answer = { text: fillTemplate(template.answer, text), trained: true, end }
  return { segments: [asked, answer], special: true }
}

/** The prompt as a user's message, where the tokenizer has a chat template, and the answer begun for the model. */
function ledSegments(
  question: string,
  text: string,
  set: BenchmarkSet,
  template: SetTemplate,
  tokenizer: Tokenizer,
): { segments: Segment[]; special: boolean } {
  const lead = template.answer.slice(0, template.answer.indexOf('{')).trimEnd()
  const special = !tokenizer.hasChatTemplate
  const user = { role: 'user', content: question }
  const asked = special ? question : chatPrompt([user], tokenizer)
  const segments = [{ text: asked + lead, trained: false, end: false }]
  if (text === '') return { segments, special }
  const answer = fillTemplate(template.answer, text).slice(lead.length)
  return { segments: [...segments, { text: answer, trained: true, end: set.end }], special }
}

/** Cut at the end to what the model reads. */
function cut(example: Example, maxPositions: number): Example {
  const { tokens, trained } = example
  if (tokens.length <= maxPositions) return example
  return {
    ...example,
    tokens: tokens.slice(0, maxPositions),
    trained: trained.slice(0, maxPositions),
    truncatedTokens: tokens.length - maxPositions,
  }
}

/** Tokens are counted with the start token, as MUSE's code does. */
function cutReference(
  text: string,
  limit: number | null | undefined,
  tokenizer: Tokenizer,
): string {
  if (!limit) return text
  const tokens = tokenizer.encode(text)
  return tokens.length <= limit
    ? text
    : tokenizer.decode(tokens.slice(0, limit), { skipSpecialTokens: true })
}
