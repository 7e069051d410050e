const MINUS = '\u2212'

/** A metric value with `digits` decimals; a true minus sign; `not finite` for null. */
export function decimal(value: number | null, digits = 3): string {
  if (value === null || !Number.isFinite(value)) return 'not finite'
  const text = value.toFixed(digits)
  return signed(Number(text) === 0 ? text.replace('-', '') : text)
}

/** Formats a difference as {@link decimal}, with a plus sign on what grew. */
export function change(value: number | null, digits = 3): string {
  const text = decimal(value, digits)
  return value !== null && Number(value.toFixed(digits)) > 0 ? `+${text}` : text
}

/** About three digits, whatever the magnitude: `12,300`, `0.0123`, `1.2e−5`; `not finite` for null. */
export function compact(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return 'not finite'
  const magnitude = Math.abs(value)
  if (value === 0) return '0'
  if (magnitude < 1e-3) return signed(value.toExponential(1).replace('.0e', 'e'))
  if (magnitude >= 1e6) return signed(value.toExponential(2))
  if (magnitude >= 1000) return count(Math.round(value))
  return signed(String(Number(value.toPrecision(3))))
}

/** A whole number with thousands separated. */
export function count(value: number): string {
  return signed(value.toLocaleString('en-US'))
}

/** `2031-01-01 12:30 UTC` from ISO 8601. */
export function time(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`
}

/** From one time to another, the date once where it is the same. */
export function span(from: string, to: string): string {
  const sameDay = from.slice(0, 10) === to.slice(0, 10)
  const start = time(from).replace(' UTC', '')
  return `${start} – ${sameDay ? time(to).slice(11) : time(to)}`
}

function signed(text: string): string {
  return text.replace('-', MINUS).replace('e-', `e${MINUS}`)
}
