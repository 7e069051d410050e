import { isScalar, parseDocument, visit } from 'yaml'

/** Names of a server may hold who asks; what follows `?` may hold a token. */
const url = /\b([a-z][a-z\d+.-]*:\/\/)(?:[^\s/]*@)?([^\s?#"'`<>]*)(?:[?#][^\s"'`<>]*)?/gi
const hubToken = /\bhf_\w{8,}/g
/** A path from the root of a disk, of a home or of a share, with at least one folder. */
const path =
  /(?<![\w.~:/\\)>-])(?:file:\/\/)?(?:~[\w-]*|[A-Za-z]:)?[\\/]{1,2}(?:[^\s"'`<>|,;:()[\]{}\\/]+[\\/]+)+([^\s"'`<>|,;:()[\]{}\\/]*)/g
const wholePath = /^(?:file:|~|[A-Za-z]:[\\/]|[\\/]|\.\.[\\/])[^\n{]*$/

/** Text of models and data, which is evidence and stays as it is. */
const evidence = new Set(['prompt', 'generated', 'reference', 'answer', 'text', 'template'])

/** A text without what it says of the machine: paths keep their last name, addresses lose names, passwords and queries. */
export function publishableText(text: string): string {
  return text
    .replace(/\bfile:\/\/(?=[\\/])/g, '')
    .replace(url, '$1$2')
    .replace(hubToken, 'hf_…')
    .replace(path, '$1')
}

/** The same of a value that is one path as a whole, spaces and all. */
function publishableValue(value: string): string {
  if (!wholePath.test(value)) return publishableText(value)
  const names = value
    .split(/[\\/]+/)
    .filter((name) => name !== '' && !/^(?:file:|~.*|\.\.?|[A-Za-z]:)$/.test(name))
  return names.at(-1) ?? '.'
}

/**
 * A value of JSON as others may read it: no path of this machine, no password, no token in any of its texts, save those of
 * models and data.
 */
export function publishable<T>(value: T): T {
  if (typeof value === 'string') return publishableValue(value) as T
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map(publishable) as T
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      evidence.has(key) ? inner : publishable(inner),
    ]),
  ) as T
}

/** The same of a recipe's YAML: each value where it stands, every other byte as it was, comments as text. */
export function publishableRecipe(text: string): string {
  const edits: { start: number; end: number; text: string }[] = []
  visit(parseDocument(text), {
    Pair: (_, { key }) => (isScalar(key) && key.value === 'template' ? visit.SKIP : undefined),
    Scalar(where, node) {
      if (where === 'key' || typeof node.value !== 'string' || !node.range) return
      const clean = publishableValue(node.value)
      if (clean !== node.value)
        edits.push({ start: node.range[0], end: node.range[1], text: JSON.stringify(clean) })
    },
  })
  let edited = text
  for (const { start, end, text: clean } of edits.reverse())
    edited = edited.slice(0, start) + clean + edited.slice(end)
  return edited.replace(/^\s*#.*$/gm, publishableText)
}
