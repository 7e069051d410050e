import type { Judgement } from './judge.ts'
import { html, type Markup } from './markup.ts'

/** A judgement as sign and words, so that colour is not needed to read it. */
export function mark({ good, words }: Judgement): Markup {
  return html`<span class="mark ${good ? 'good' : 'bad'}"><span aria-hidden="true">${good ? '✓' : '✗'}</span> ${words}<span class="hidden">, ${good ? 'as wanted' : 'not as wanted'}</span></span>`
}
