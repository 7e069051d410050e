/** The kind of answer that a question asks for, by its words. */
export const questionForms = [
  ['number', /\bhow (?:many|much|old|long|far|tall|high|often|large|big|deep|fast)\b/],
  ['time', /\bwhen\b|\b(?:which|what) (?:year|century|decade|month|day|date|time|age)\b/],
  [
    'place',
    /\bwhere\b|\b(?:which|what) (?:city|town|village|country|state|continent|place|planet|island|region|street|house)\b/,
  ],
  [
    'person',
    /\bwho(?:m|se)?\b|\b(?:which|what) (?:person|man|woman|king|queen|writer|author|actor|actress)\b/,
  ],
  ['which', /\bwhich\b/],
  ['what', /\bwhat\b/],
  ['how', /\bhow\b|\bwhy\b/],
  ['yes or no', /^(?:is|are|was|were|do|does|did|can|could|has|have|will|would|should)\b/],
] as const

/** The form of a question: its question word, or the kind of answer where its words name one. */
export type QuestionForm = (typeof questionForms)[number][0] | 'other'

/** The first form that a text has, in small letters or not; `other` for what is no question in English. */
export function questionForm(text: string): QuestionForm {
  // What is quoted is not what is asked.
  const asked = text
    .toLowerCase()
    .replace(/["“].*?["”]/g, '')
    .trim()
  return questionForms.find(([, words]) => words.test(asked))?.[0] ?? 'other'
}
