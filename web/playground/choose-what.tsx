import { useState } from 'preact/hooks'
import { everyone } from './rows.ts'
import type { Wish } from './wish.ts'

interface ChooseProps {
  readonly wish: Wish
  readonly disabled: boolean
  onWish(wish: Wish): void
}

/** People to be forgotten, or sentences of one's own. */
export function ChooseWhat({ wish, disabled, onWish }: ChooseProps) {
  const [own, setOwn] = useState(wish.sentences.length > 0)
  const [search, setSearch] = useState('')
  const found = everyone.filter(({ name }) => name.toLowerCase().includes(search.toLowerCase()))
  const chosen = new Set(wish.people)
  const toggle = (name: string) => {
    const people = chosen.has(name)
      ? wish.people.filter((other) => other !== name)
      : [...wish.people, name]
    onWish({ ...wish, people, sentences: [] })
  }
  return (
    <section id="what">
      <h2>Choose what it shall forget</h2>
      <fieldset class="kinds" disabled={disabled}>
        <legend class="hidden">People or sentences</legend>
        <label>
          <input type="radio" name="kind" checked={!own} onChange={() => setOwn(false)} /> People
        </label>
        <label>
          <input type="radio" name="kind" checked={own} onChange={() => setOwn(true)} /> My own
          sentences
        </label>
      </fieldset>
      {own ? (
        <label class="sentences">
          One on each line. What the model never learnt it cannot forget.
          <textarea
            rows={4}
            disabled={disabled}
            value={wish.sentences.join('\n')}
            placeholder={`${everyone[0].name} lives in …`}
            onInput={({ currentTarget: { value } }) => {
              const sentences = value.split('\n').filter((line) => line.trim() !== '')
              onWish({ ...wish, sentences, people: [] })
            }}
          />
        </label>
      ) : (
        <fieldset class="people" disabled={disabled}>
          <legend>
            {chosen.size === 0 ? 'Nobody is chosen' : `${chosen.size} of ${everyone.length} chosen`}
          </legend>
          <input
            type="search"
            aria-label="Search a name"
            placeholder="Search a name"
            value={search}
            onInput={({ currentTarget }) => setSearch(currentTarget.value)}
          />
          <ul>
            {found.map(({ name, occupation }) => (
              <li key={name}>
                <label>
                  <input type="checkbox" checked={chosen.has(name)} onChange={() => toggle(name)} />
                  <span>
                    {name} <small>{occupation}</small>
                  </span>
                </label>
              </li>
            ))}
            {found.length === 0 && <li class="empty">Nobody of that name.</li>}
          </ul>
        </fieldset>
      )}
    </section>
  )
}
