import { JinjaError } from '../jinja/jinja-error.ts'

const unsupported = 'UWGgVsZzcxXCklPEO'

/**
 * Python's `strftime` in the C locale, as glibc does it; `%-d` is `%d` without leading zeros.
 *
 * What glibc does not know stays as it is.
 *
 * @throws JinjaError for directives that no chat template was seen to use: weeks, seconds since 1970, time zones
 */
export function strftime(date: Date, format: string): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  const english = (options: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat('en-US', options).format(date)
  const dayOfYear = (): number =>
    Math.round(
      (Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) -
        Date.UTC(date.getFullYear(), 0, 0)) /
        86_400_000,
    )
  const directives: Record<string, () => string> = {
    Y: () => String(date.getFullYear()),
    y: () => two(date.getFullYear() % 100),
    m: () => two(date.getMonth() + 1),
    d: () => two(date.getDate()),
    e: () => String(date.getDate()).padStart(2),
    j: () => String(dayOfYear()).padStart(3, '0'),
    B: () => english({ month: 'long' }),
    b: () => english({ month: 'short' }),
    h: () => english({ month: 'short' }),
    A: () => english({ weekday: 'long' }),
    a: () => english({ weekday: 'short' }),
    w: () => String(date.getDay()),
    u: () => String(date.getDay() || 7),
    H: () => two(date.getHours()),
    I: () => two(((date.getHours() + 11) % 12) + 1),
    p: () => (date.getHours() < 12 ? 'AM' : 'PM'),
    M: () => two(date.getMinutes()),
    S: () => two(date.getSeconds()),
    f: () => '000000',
    F: () => strftime(date, '%Y-%m-%d'),
    D: () => strftime(date, '%m/%d/%y'),
    T: () => strftime(date, '%H:%M:%S'),
    R: () => strftime(date, '%H:%M'),
    n: () => '\n',
    t: () => '\t',
    '%': () => '%',
  }
  return format.replace(/%(-?)(.|$)/gs, (directive, flag: string, letter: string) => {
    const written = directives[letter]?.()
    if (written === undefined) {
      if (unsupported.includes(letter))
        throw new JinjaError(`strftime: ${directive} is not supported`)
      return directive
    }
    return flag ? written.replace(/^[0 ]+(?=.)/, '') : written
  })
}
