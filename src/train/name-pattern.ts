/** Braces with a range of numbers, or of shares of the layers. */
const range = /^(\d+(?:\.\d+)?)(%?)-(\d+(?:\.\d+)?)(%?)$/

/**
 * A pattern of weight names: `*` for anything, `{a|b}` for one of several, `{5-7}` for a number in a range, `{0%-25%}` for
 * a layer whose middle lies in that share of the model's depth, or for the one nearest where none does, so that one
 * pattern fits models of any depth.
 *
 * @returns whether a whole name matches; null where a brace is not understood
 */
export function namePattern(pattern: string, layers: number): ((name: string) => boolean) | null {
  const parts = pattern.split(/(\{[^{}]*\}|\*)/)
  const sources = parts.map((part) => {
    if (part === '*') return '.*'
    if (part.startsWith('{') && part.endsWith('}')) return braceSource(part.slice(1, -1), layers)
    return /[{}]/.test(part) ? null : escaped(part)
  })
  if (sources.includes(null)) return null
  const expression = new RegExp(`^${sources.join('')}$`)
  return (name) => expression.test(name)
}

function braceSource(inside: string, layers: number): string | null {
  const found = range.exec(inside)
  if (!found) return inside === '' ? null : `(?:${inside.split('|').map(escaped).join('|')})`
  const [, from, fromUnit, to, toUnit] = found
  if (fromUnit !== toUnit) return null
  const first = Number(from)
  const last = Number(to)
  if (fromUnit === '') return oneOf(Array.from({ length: last - first + 1 }, (_, i) => first + i))
  const share = (layer: number) => (100 * (layer + 0.5)) / layers
  const all = Array.from({ length: layers }, (_, layer) => layer)
  const within = all.filter((layer) => share(layer) >= first && share(layer) <= last)
  const nearest = Math.min(layers - 1, Math.floor((layers * (first + last)) / 200))
  return oneOf(within.length > 0 || first > last ? within : [nearest])
}

/** Of nothing, an expression that nothing matches. */
function oneOf(numbers: readonly number[]): string {
  return numbers.length === 0 ? '(?!)' : `(?:${numbers.join('|')})`
}

function escaped(text: string): string {
  return text.replace(/[.+?^${}()|[\]\\]/g, '\\$&')
}
