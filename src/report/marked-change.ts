import { html, type Markup } from './markup.ts'
import { diffText } from './text-diff.ts'

/** Two texts, with what only the first has struck through in it, and what only the second has underlined in that. */
export function markedChange(
  before: string,
  after: string,
): { readonly before: Markup; readonly after: Markup } {
  const parts = diffText(before, after)
  const side = (kind: 'removed' | 'added') =>
    html`${parts.map((part) => {
      if (part.kind === 'same') return part.text
      if (part.kind !== kind) return null
      return kind === 'removed' ? html`<del>${part.text}</del>` : html`<ins>${part.text}</ins>`
    })}`
  return { before: side('removed'), after: side('added') }
}
