/**
 * The Porter stemmer with the departures that nltk makes by default and that ROUGE scores in the field depend on.
 *
 * @param word  one lower-case word; other characters than a–z count as consonants
 * @returns     its stem, e.g. `generalizations` → `gener`
 *
 * Differs from Porter 1980: irregular forms (`skies` → `sky`), words of one or two letters stay, `ies`/`ied` of
 * four-letter words keep `ie`, `y` → `i` only after a consonant that is not the first letter, `alli`, `bli`, `fulli`
 * and `logi` rules, and a two-letter vowel–consonant stem counts as ending in consonant–vowel–consonant.
 * Source: Porter 1980, "An algorithm for suffix stripping"; nltk 3.8 `nltk/stem/porter.py`, mode `NLTK_EXTENSIONS`.
 */
export function porterStem(word: string): string {
  const irregular = IRREGULAR.get(word)
  if (irregular !== undefined) return irregular
  if (word.length <= 2) return word
  let stem = stripPlural(word)
  stem = stripPast(stem)
  stem = applyRules(stem, Y_TO_I)
  stem = shortenDouble(stem)
  stem = applyRules(stem, STEP_3)
  stem = applyRules(stem, STEP_4)
  stem = dropFinalE(stem)
  return stem.endsWith('ll') && measure(stem.slice(0, -1)) > 1 ? stem.slice(0, -1) : stem
}

const IRREGULAR: ReadonlyMap<string, string> = new Map(
  Object.entries({
    sky: ['sky', 'skies'],
    die: ['dying'],
    lie: ['lying'],
    tie: ['tying'],
    news: ['news'],
    inning: ['innings', 'inning'],
    outing: ['outings', 'outing'],
    canning: ['cannings', 'canning'],
    howe: ['howe'],
    proceed: ['proceed'],
    exceed: ['exceed'],
    succeed: ['succeed'],
  }).flatMap(([stem, forms]) => forms.map((form) => [form, stem] as const)),
)

type Condition = (stem: string, word: string) => boolean
type Rule = readonly [suffix: string, replacement: string, condition?: Condition]

/** The first rule whose suffix fits decides, whether or not its condition holds. */
function applyRules(word: string, rules: readonly Rule[]): string {
  for (const [suffix, replacement, condition] of rules) {
    if (!word.endsWith(suffix)) continue
    const stem = word.slice(0, word.length - suffix.length)
    return !condition || condition(stem, word) ? stem + replacement : word
  }
  return word
}

const measured: Condition = (stem) => measure(stem) > 0
const measuredTwice: Condition = (stem) => measure(stem) > 1

const PLURAL: readonly Rule[] = [
  ['sses', 'ss'],
  ['ies', 'i'],
  ['ss', 'ss'],
  ['s', ''],
]

const Y_TO_I: readonly Rule[] = [
  ['y', 'i', (stem) => stem.length > 1 && isConsonant(stem, stem.length - 1)],
]

const STEP_2: readonly Rule[] = [
  ['ational', 'ate', measured],
  ['tional', 'tion', measured],
  ['enci', 'ence', measured],
  ['anci', 'ance', measured],
  ['izer', 'ize', measured],
  ['bli', 'ble', measured],
  ['alli', 'al', measured],
  ['entli', 'ent', measured],
  ['eli', 'e', measured],
  ['ousli', 'ous', measured],
  ['ization', 'ize', measured],
  ['ation', 'ate', measured],
  ['ator', 'ate', measured],
  ['alism', 'al', measured],
  ['iveness', 'ive', measured],
  ['fulness', 'ful', measured],
  ['ousness', 'ous', measured],
  ['aliti', 'al', measured],
  ['iviti', 'ive', measured],
  ['biliti', 'ble', measured],
  ['fulli', 'ful', measured],
  // The `l` belongs to the measured stem here, so that `geologi` keeps it.
  ['logi', 'log', (_stem, word) => measure(word.slice(0, -3)) > 0],
]

const STEP_3: readonly Rule[] = [
  ['icate', 'ic', measured],
  ['ative', '', measured],
  ['alize', 'al', measured],
  ['iciti', 'ic', measured],
  ['ical', 'ic', measured],
  ['ful', '', measured],
  ['ness', '', measured],
]

const STEP_4: readonly Rule[] = [
  ...['al', 'ance', 'ence', 'er', 'ic', 'able', 'ible', 'ant', 'ement', 'ment', 'ent'].map(
    (suffix): Rule => [suffix, '', measuredTwice],
  ),
  ['ion', '', (stem) => measure(stem) > 1 && /[st]$/.test(stem)],
  ...['ou', 'ism', 'ate', 'iti', 'ous', 'ive', 'ize'].map(
    (suffix): Rule => [suffix, '', measuredTwice],
  ),
]

function stripPlural(word: string): string {
  if (word.length === 4 && word.endsWith('ies')) return word.slice(0, -1)
  return applyRules(word, PLURAL)
}

function stripPast(word: string): string {
  if (word.endsWith('ied')) return word.slice(0, word.length === 4 ? -1 : -2)
  if (word.endsWith('eed')) return measure(word.slice(0, -3)) > 0 ? word.slice(0, -1) : word
  const suffix = ['ed', 'ing'].find(
    (end) => word.endsWith(end) && hasVowel(word.slice(0, -end.length)),
  )
  if (!suffix) return word
  const stem = word.slice(0, -suffix.length)
  if (/(?:at|bl|iz)$/.test(stem)) return `${stem}e`
  if (endsDoubleConsonant(stem)) return /[lsz]$/.test(stem) ? stem : stem.slice(0, -1)
  return measure(stem) === 1 && endsConsonantVowelConsonant(stem) ? `${stem}e` : stem
}

function shortenDouble(word: string): string {
  if (word.endsWith('alli') && measure(word.slice(0, -4)) > 0)
    return shortenDouble(word.slice(0, -2))
  return applyRules(word, STEP_2)
}

function dropFinalE(word: string): string {
  if (!word.endsWith('e')) return word
  const stem = word.slice(0, -1)
  const m = measure(stem)
  return m > 1 || (m === 1 && !endsConsonantVowelConsonant(stem)) ? stem : word
}

/** `y` is a consonant at the start and after a vowel. */
function isConsonant(word: string, i: number): boolean {
  if ('aeiou'.includes(word[i])) return false
  return word[i] !== 'y' || i === 0 || !isConsonant(word, i - 1)
}

/** Number of vowel → consonant changes: the m of [C](VC)^m[V]. */
function measure(stem: string): number {
  let m = 0
  for (let i = 1; i < stem.length; i++)
    if (isConsonant(stem, i) && !isConsonant(stem, i - 1)) m += 1
  return m
}

function hasVowel(stem: string): boolean {
  for (let i = 0; i < stem.length; i++) if (!isConsonant(stem, i)) return true
  return false
}

function endsDoubleConsonant(word: string): boolean {
  const last = word.length - 1
  return last >= 1 && word[last] === word[last - 1] && isConsonant(word, last)
}

function endsConsonantVowelConsonant(word: string): boolean {
  const last = word.length - 1
  if (last === 1) return !isConsonant(word, 0) && isConsonant(word, 1)
  if (last < 1 || /[wxy]$/.test(word)) return false
  return isConsonant(word, last - 2) && !isConsonant(word, last - 1) && isConsonant(word, last)
}
