import { useState } from 'preact/hooks'
import type { Request } from './messages.ts'
import type { ModelState } from './use-worker.ts'
import { recipeOf, type Wish } from './wish.ts'

interface TakeProps {
  readonly state: ModelState
  readonly wish: Wish
  ask(request: Request): void
}

/** The forgetful model as a file, the link that shares the wish, the recipe that does the same on a command line. */
export function Take({ state: { opened, busy, ended }, wish, ask }: TakeProps) {
  const [copied, setCopied] = useState(false)
  const isFree = opened !== null && busy === null
  const copy = async () => {
    await navigator.clipboard.writeText(location.href)
    setCopied(true)
    setTimeout(() => setCopied(false), 2000)
  }
  return (
    <section id="take">
      <h2>Take it with you</h2>
      <p class="go">
        <button
          type="button"
          disabled={!isFree || ended === null}
          onClick={() => ask({ type: 'download' })}
        >
          Download the model
        </button>
        <button type="button" onClick={() => void copy()}>
          {copied ? 'Copied' : 'Copy a link to these settings'}
        </button>
        <button
          type="button"
          disabled={!isFree || ended === null}
          onClick={() => ask({ type: 'reset' })}
        >
          Start over
        </button>
      </p>
      <p class="note">
        The zip holds a Hugging Face folder: unpack it, then <code>lethe chat forgetful/model</code>
        , or <code>AutoModelForCausalLM.from_pretrained("forgetful/model")</code>. Unlearning is not
        deletion: what was not shown stands in its model card.
      </p>
      <details>
        <summary>The same on a command line</summary>
        <p class="note">
          <code>lethe run forgetful/recipe.yaml</code>, with the two data files of the zip beside
          it.
        </p>
        <pre>{recipeOf(wish)}</pre>
      </details>
    </section>
  )
}
