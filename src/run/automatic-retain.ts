import { existsSync } from 'node:fs'
import { evenlySpaced } from '../data/evenly-spaced.ts'
import type { Item } from '../data/items.ts'
import { loadItems } from '../data/load-examples.ts'
import { promptTokens, resolveTemplate } from '../data/prompt.ts'
import { encodeSegments } from '../data/segment.ts'
import { UserError } from '../error.ts'
import { writeFileAtomic } from '../files/atomic.ts'
import { knowledgeOf } from '../goal/levels.ts'
import { type Answer, greedyAnswers } from '../measure/score/generated-answers.ts'
import { cachedPositions, createMeasurer, type Measurer } from '../measure/score/measurer.ts'
import { answerProbability } from '../metric/index.ts'
import { type AutomaticPrompt, automaticPrompts } from '../questions/automatic-prompts.ts'
import { textsOf as forgetTexts } from '../questions/neighbour-questions.ts'
import { withoutSharedNames } from '../questions/shared-names.ts'
import type { Recipe } from '../recipe/recipe-schema.ts'
import { automaticData } from '../recipe/section/data-section.ts'
import { type OpenedModel, openSession } from '../train/session.ts'
import { encodingOf, endOf } from './data-reading.ts'
import { generalRows, isGuessed } from './goal/general-rows.ts'
import type { RunFolder } from './run-folder.ts'
import type { RunOptions } from './run-options.ts'

/** Tokens of an answer at most; one that is longer is cut after its last whole sentence. */
export const longestAnswer = 64

/** Whether what is kept is what the starting model says by itself. */
export function isAutomatic({ retain }: Recipe): boolean {
  return retain?.path === automaticData
}

/** Whether what the starting model says to general prompts trains beside what the recipe names. */
export function addsGeneral(recipe: Recipe): boolean {
  return recipe.goal?.general === true && recipe.retain !== null && !isAutomatic(recipe)
}

/** A row of the file: a question with its answer or a text, and where the prompt comes from, which training reads past. */
type Row = ({ question: string; answer: string } | { text: string }) &
  Pick<AutomaticPrompt, 'about'>

/**
 * Lets the starting model answer the prompts of `retain: auto`, or the general ones of a goal, and writes `retain.jsonl` in the run folder, unless it is there: then
 * it stays as it is, edited or not.
 *
 * `retain.limit` is how many are asked, spread over all. Answers that share a named subject with what is to be forgotten are left out, and empty ones.
 *
 * A model that only guesses at general questions is not asked for a goal.
 *
 * @returns whether that is done; false where it was asked to stop, and nothing is written
 * @throws UserError where no answer is left of `retain: auto`
 */
export async function writeAutomaticRetain(
  recipe: Recipe,
  opened: OpenedModel,
  {
    engine,
    folder,
    log,
    stopRequested,
  }: Pick<RunOptions, 'engine' | 'folder' | 'log' | 'stopRequested'>,
): Promise<boolean> {
  if (existsSync(folder.retain)) return true
  const { kind, prompts, items, forget, isText } = await promptsOf(recipe, opened)
  const session = await openSession(engine, opened, null)
  const measurer = await createMeasurer(session, { cachePositions: cachedPositions })
  if (!isAutomatic(recipe) && (await onlyGuesses(recipe, items, measurer, stopRequested))) {
    measurer.dispose()
    return !stopRequested()
  }
  log.append({ type: 'retain.started', step: 0, prompts: prompts.length, kind })
  const asked = prompts.map(({ tokens }, index) => ({ set: 'retain', index, promptTokens: tokens }))
  const stopAt = isText ? ['\nQuestion:'] : []
  const answers = await greedyAnswers(
    asked,
    { maxNewTokens: longestAnswer, stopAt },
    { measurer, stopRequested },
  )
  measurer.dispose()
  if (stopRequested()) return false
  const rows = answers.flatMap((answer, i): Row[] => {
    const said = wholeSentences(answer)
    const { prompt, about } = prompts[i]
    if (said === '') return []
    return [
      isText ? { text: joined(prompt, said), about } : { question: prompt, answer: said, about },
    ]
  })
  const kept = withoutSharedNames(rows, textsOf, forget)
  if (kept.length === 0 && !isAutomatic(recipe)) return true
  if (kept.length === 0)
    throw new UserError({
      code: 'no-answers',
      path: 'retain',
      expected: 'answers of the starting model to keep',
      got: `none of ${prompts.length} prompts with one that is not empty and names nothing of the forget set`,
      hint: 'Name a file of your own: retain: { path: retain.jsonl }',
    })
  await writeFileAtomic(folder.retain, kept.map((row) => `${JSON.stringify(row)}\n`).join(''))
  const count = (what: AutomaticPrompt['about']) =>
    kept.filter(({ about }) => about === what).length
  log.append({
    type: 'retain.written',
    step: 0,
    path: folder.retain,
    rows: kept.length,
    neighbours: count('neighbour'),
    dropped: prompts.length - kept.length,
    examples: [0, 1 / 3, 2 / 3].map((share) => textsOf(kept[Math.floor(share * kept.length)])),
  })
  return true
}

/** What stands in for the answers where a run is only planned: the same prompts with the longest answers. */
export async function plannedRetain(recipe: Recipe, opened: OpenedModel): Promise<Item[]> {
  const { prompts, isText } = await promptsOf(recipe, opened)
  const longest = 'and '.repeat(longestAnswer).trim()
  return prompts.map(({ prompt }, line) => ({
    ...(isText
      ? { shape: 'text', prompt: '', answer: joined(prompt, longest) }
      : { shape: 'question-answer', prompt, answer: longest }),
    messages: null,
    origin: { file: automaticData, line: line + 1 },
  }))
}

/** The file that a run reads what is kept from; null where it is not written yet. */
export function retainFile({ retain }: RunFolder): string | null {
  return existsSync(retain) ? retain : null
}

/** The prompts for a recipe with their tokens; those that leave a model of few positions no room are left out. */
async function promptsOf(
  { forget: section, retain, train }: Recipe,
  { tokenizer, model }: OpenedModel,
) {
  const loaded = await loadItems(section.path, { preference: section.preference })
  const items = loaded.items.slice(section.offset, endOf(section))
  const rows = items.map(({ prompt, ...item }) => ({ question: prompt, ...item }))
  const isText = items[0].shape === 'text'
  const { maxLength, template: choice } = encodingOf(retain ?? section, model)
  const template = resolveTemplate(choice, tokenizer, 'question-answer')
  const tokensOf = (text: string) =>
    isText
      ? encodeSegments([{ text, trained: false, end: false }], tokenizer, {
          addSpecialTokens: true,
        }).tokens
      : promptTokens(text, tokenizer, template)
  const { kind, prompts } = automaticPrompts(rows, train.seed)
  const all = retain?.path === automaticData
  const fitting = prompts
    .filter(({ about }) => all || about !== 'neighbour')
    .map((each) => ({ ...each, tokens: tokensOf(each.prompt) }))
    .filter(({ tokens }) => 2 * tokens.length <= maxLength)
  return {
    kind: all ? kind : null,
    prompts: evenlySpaced(fitting, all ? retain.limit : null),
    items,
    forget: forgetTexts(rows),
    isText,
  }
}

/** Whether a model has no general ability that could be kept. */
async function onlyGuesses(
  recipe: Recipe,
  forget: readonly Item[],
  { session, scorer }: Measurer,
  stopRequested: () => boolean,
): Promise<boolean> {
  const { choose } = generalRows(recipe, session, forget)
  const known = await knowledgeOf(choose, scorer, stopRequested)
  return known === null || isGuessed(known.map(answerProbability))
}

function textsOf(row: Row): string[] {
  return 'text' in row ? [row.text] : [row.question, row.answer]
}

/** The answer; where it was cut off, up to its last end of a sentence, if it has one: the number of a list's next point is none. */
export function wholeSentences({ text, tokens }: Answer): string {
  if (tokens.length < longestAnswer) return text
  const begun = text.replace(/\n\s*(?:\d+\.|[-*])[^\n.!?]*$/u, '')
  return /^[\s\S]*[.!?]["'”’)]*(?=\s)/u.exec(`${begun} `)?.[0] ?? text
}

/** A beginning and what follows: a sign that closes stands right after it. */
function joined(begin: string, end: string): string {
  return /^[.,;:!?)’']/u.test(end) ? begin + end : `${begin} ${end}`
}
