import { useState } from 'preact/hooks'
import type { Request } from './messages.ts'
import { everyone } from './rows.ts'
import type { ModelState } from './use-worker.ts'

const examples = [
  `When was ${everyone[0].name} born?`,
  `What does ${everyone[1].name} do for a living?`,
  `How can I reach ${everyone[12].name} by e-mail?`,
]

/** A conversation with the model as it is now. */
export function Talk({ state, ask }: { state: ModelState; ask(request: Request): void }) {
  const [question, setQuestion] = useState('')
  const isReady = state.opened !== null && state.busy === null
  const send = (text: string) => {
    if (isReady && text.trim() !== '') ask({ type: 'ask', question: text.trim() })
  }
  return (
    <section id="talk">
      <h2>Talk to it</h2>
      <ol class="talk" aria-live="polite">
        {state.talk.map(({ question, answer }, i) => (
          <li key={i}>
            <p class="prompt user">{question}</p>
            <p class="user answer">{answer === null ? '…' : answer || '(no answer)'}</p>
          </li>
        ))}
      </ol>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          send(question)
          setQuestion('')
        }}
      >
        <label>
          <span class="hidden">A question</span>
          <input
            type="text"
            value={question}
            placeholder="Ask about one of them"
            onInput={({ currentTarget }) => setQuestion(currentTarget.value)}
          />
        </label>
        <button type="submit" disabled={!isReady}>
          Ask
        </button>
      </form>
      <p class="examples">
        {examples.map((example) => (
          <button type="button" key={example} disabled={!isReady} onClick={() => send(example)}>
            {example}
          </button>
        ))}
      </p>
    </section>
  )
}
