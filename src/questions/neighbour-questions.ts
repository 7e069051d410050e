import { permutation } from '../math/random.ts'
import { namesIn, withoutSharedNames, wordsIn } from './shared-names.ts'
import { type SubjectKind, subjectKinds } from './subject-kinds.ts'

/** A row that is to be forgotten, as far as questions are made of it. */
export interface AskedRow {
  readonly question: string
  readonly answer: string
  readonly otherWordings?: readonly string[]
}

/** All texts of rows. */
export function textsOf(rows: readonly AskedRow[]): string[] {
  return rows.flatMap(({ question, answer, otherWordings = [] }) => [
    question,
    answer,
    ...otherWordings,
  ])
}

/** A question with a subject's place, `{}`; a quoted one is a work. */
interface Form {
  readonly text: string
  readonly quoted: boolean
}

/** Of all rows so many must have a word of a kind. */
const leastShare = 0.2

/** Guesses what kind of subject rows are about: that of which most rows have a word; null where no kind has enough. */
export function subjectKindOf(rows: readonly AskedRow[]): SubjectKind | null {
  const texts = rows.map(
    ({ question, answer }) => new Set(`${question} ${answer}`.toLowerCase().match(/\p{L}+/gu)),
  )
  const found = subjectKinds.map((kind) => ({
    kind,
    count: texts.filter((words) => kind.words.some((word) => words.has(word))).length,
  }))
  const [best] = found.toSorted((a, b) => b.count - a.count)
  return best.count > 0 && best.count >= leastShare * rows.length ? best.kind : null
}

/**
 * Questions like those of rows that are to be forgotten, about other subjects of their kind: their own forms with another name in the
 * place of theirs, and Lethe's for that kind. None shares a named subject with what is to be forgotten.
 *
 * @param rows   what is to be forgotten
 * @param count  at most so many, half of them or more of Lethe's forms where there are enough
 * @param seed   the same draws the same
 */
export function neighbourQuestions(
  rows: readonly AskedRow[],
  count: number,
  seed: number,
): { readonly kind: string | null; readonly questions: readonly string[] } {
  const kind = subjectKindOf(rows)
  if (!kind) return { kind: null, questions: [] }
  const forget = textsOf(rows)
  const apart = (names: readonly string[]) =>
    withoutSharedNames(names, (name) => [`of ${name}`], forget)
  const [subjects, works] = [apart(kind.subjects), apart(kind.works)]
  const filled = (forms: readonly Form[]) =>
    byTurns(
      forms.map(({ text, quoted }) =>
        shuffled(quoted ? works : subjects, seed, text).map((name) =>
          text.replaceAll('{}', () => name),
        ),
      ),
    )
  const taken = filled(formsOf(rows)).slice(0, Math.floor(count / 2))
  const own = filled(kind.questions.map((text) => ({ text, quoted: false })))
  return { kind: kind.id, questions: [...new Set([...taken, ...own])].slice(0, count) }
}

const quoted = /["“]([^"“”]+)["”]/gu
const name =
  /\p{Lu}[\p{L}\p{N}.-]*(?:\s+(?:of\s+|the\s+|de\s+|van\s+|von\s+)?\p{Lu}[\p{L}\p{N}.-]*)*/gu

/** The questions of rows with their subject taken out, each once; those that name something else besides are left out. */
function formsOf(rows: readonly AskedRow[]): Form[] {
  const asked = rows.map(({ question }) => ({ question, spans: spansOf(question) }))
  const counts = new Map<string, number>()
  for (const { spans } of asked)
    for (const { text } of spans) counts.set(text, (counts.get(text) ?? 0) + 1)
  const facts = new Set(rows.flatMap(factsOf))
  const forms = new Map<string, Form>()
  for (const { question, spans } of asked) {
    // The subject is what most rows name.
    const [subject] = spans.toSorted(
      (a, b) => (counts.get(b.text) as number) - (counts.get(a.text) as number),
    )
    if (!subject) continue
    const text = question.replaceAll(subject.text, '{}')
    // Of "the Jedi" there are many, of what takes their place one; and what says a fact would be kept with it.
    const saysFact = Array.from(wordsIn([text])).some((word) => facts.has(word))
    if (namesIn([text]).size === 0 && !saysFact && !/\b(?:the|an?) \{\}/i.test(text))
      forms.set(text, { text, quoted: subject.quoted })
  }
  return [...forms.values()]
}

/** Words of an answer that its question does not have, the short ones left out. */
function factsOf({ question, answer }: AskedRow): string[] {
  const said = wordsIn([question])
  return Array.from(wordsIn([answer])).filter((word) => word.length > 4 && !said.has(word))
}

/** What a question names: works in quotation marks, and words with capitals where no sentence begins. */
function spansOf(question: string): { text: string; quoted: boolean }[] {
  const works = Array.from(question.matchAll(quoted), ([, text]) => ({ text, quoted: true }))
  const rest = question.replace(quoted, (found) => ' '.repeat(found.length))
  const names = Array.from(rest.matchAll(name))
    .filter(({ index }) => !/(^|[.!?]\s*)$/.test(rest.slice(0, index)))
    .map(([text]) => ({ text: text.replace(/[.]$/, ''), quoted: false }))
    // "Japanese" is no subject: another would stand in another form.
    .filter(
      ({ text }) => namesIn([`of ${text}`]).size > 0 && !/^\S+(?:ese|ish|ian|ean)$/.test(text),
    )
  return [...works, ...names]
}

/** The first of each list, then the second of each, and so on. */
function byTurns(lists: readonly (readonly string[])[]): string[] {
  const most = Math.max(0, ...lists.map(({ length }) => length))
  return Array.from({ length: most }, (_, turn) =>
    lists.flatMap((list) => list.slice(turn, turn + 1)),
  ).flat()
}

function shuffled(all: readonly string[], seed: number, form: string): string[] {
  return Array.from(permutation(seed, ['neighbours', form], all.length), (i) => all[i])
}
