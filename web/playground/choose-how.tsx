import { describeMethod } from '../../src/method/describe.ts'
import type { KnobDescription } from '../../src/method/knobs.ts'
import type { KnobValue } from '../../src/method/method.ts'
import { methods } from '../../src/method/methods.ts'
import type { Wish } from './wish.ts'

/** Pairs of answers are sampled beforehand, which a page does not do. */
const offered = [...methods.values()].filter(({ recipe }) => recipe?.forget?.preferred !== 'chosen')

interface ChooseProps {
  readonly wish: Wish
  readonly disabled: boolean
  onWish(wish: Wish): void
}

/** A method, its knobs, and how long. */
export function ChooseHow({ wish, disabled, onWish }: ChooseProps) {
  const method = methods.get(wish.method) ?? offered[0]
  const { title, summary, knobs, parts, defaults } = describeMethod(method)
  const inUse = knobs.filter(
    ({ part }) =>
      part.role === 'method' ||
      part.id ===
        (wish.knobs[part.role] ??
          parts.find(({ role, isDefault }) => role === part.role && isDefault)?.id),
  )
  const set = (name: string, value: KnobValue | null) => {
    const { [name]: _, ...others } = wish.knobs
    onWish({ ...wish, knobs: value === null ? others : { ...others, [name]: value } })
  }
  return (
    <section id="how">
      <h2>Choose how</h2>
      <fieldset class="knobs" disabled={disabled}>
        <legend class="hidden">Method and knobs</legend>
        <label>
          Method
          <select
            value={method.id}
            onChange={({ currentTarget: { value } }) =>
              onWish({ ...wish, method: value, knobs: {} })
            }
          >
            {offered.map(({ id }) => (
              <option key={id}>{id}</option>
            ))}
          </select>
        </label>
        <NumberField
          label="Steps"
          value={wish.steps}
          step={1}
          onValue={(steps) => onWish({ ...wish, steps: steps ?? wish.steps })}
        />
        <NumberField
          label="Learning rate"
          value={wish.learningRate}
          onValue={(learningRate) =>
            onWish({ ...wish, learningRate: learningRate ?? wish.learningRate })
          }
        />
        {inUse.map((knob) => (
          <Knob
            key={knob.name}
            knob={knob}
            value={wish.knobs[knob.name] ?? defaults[knob.name] ?? knob.default}
            onValue={(value) => set(knob.name, value)}
          />
        ))}
      </fieldset>
      <p class="note">
        <strong>{title}.</strong> {summary}
      </p>
    </section>
  )
}

interface KnobProps {
  readonly knob: KnobDescription
  readonly value: unknown
  onValue(value: KnobValue | null): void
}

function Knob({ knob: { name, choices, description }, value, onValue }: KnobProps) {
  if (choices)
    return (
      <label title={description}>
        {name}
        <select
          value={String(value ?? '')}
          onChange={({ currentTarget }) => onValue(currentTarget.value || null)}
        >
          {value === null && <option value="" />}
          {choices.map((choice) => (
            <option key={choice}>{choice}</option>
          ))}
        </select>
      </label>
    )
  if (typeof value === 'boolean')
    return (
      <label title={description}>
        {name}
        <input
          type="checkbox"
          checked={value}
          onChange={({ currentTarget }) => onValue(currentTarget.checked)}
        />
      </label>
    )
  return (
    <NumberField
      label={name}
      title={description}
      value={typeof value === 'number' ? value : null}
      onValue={onValue}
    />
  )
}

interface NumberProps {
  readonly label: string
  readonly title?: string
  readonly value: number | null
  readonly step?: number
  /** null: nothing is written */
  onValue(value: number | null): void
}

function NumberField({ label, title, value, step, onValue }: NumberProps) {
  return (
    <label title={title}>
      {label}
      <input
        type="number"
        step={step ?? 'any'}
        value={value ?? ''}
        onChange={({ currentTarget: { value: text, valueAsNumber } }) =>
          onValue(text === '' || !Number.isFinite(valueAsNumber) ? null : valueAsNumber)
        }
      />
    </label>
  )
}
