import type { Direction } from './benchmark.ts'

/** ↑, ↓, or → for a value to come near to. */
export function arrowOf(direction: Direction): string {
  if (direction === 'higher') return '↑'
  return direction === 'lower' ? '↓' : '→'
}

/** ↑, ↓, or where to: `→ never trained`, `→ 0.5`. */
export function directionText(direction: Direction): string {
  if (direction === 'higher' || direction === 'lower') return arrowOf(direction)
  return direction === 'neverTrained' ? '→ never trained' : `→ ${direction.target}`
}

/** {@link directionText} with a word: `↑ higher`, `↓ lower`. */
export function directionWords(direction: Direction): string {
  const isWord = direction === 'higher' || direction === 'lower'
  return isWord ? `${arrowOf(direction)} ${direction}` : directionText(direction)
}
