import { InvalidArgumentError, Option } from 'commander'

/** For options that may be repeated. */
export function collect(value: string, before: readonly string[]): string[] {
  return [...before, value]
}

/** `--set`, of every command whose recipe may be changed on the way; `what`: what it sets. */
export function setOption(what: string): Option {
  return new Option('--set <path=value>', `${what}; may be repeated.`)
    .argParser(collect)
    .default([])
}

/** `--plugin`, of every command that reads a recipe or says what there is. */
export function pluginOption(): Option {
  return new Option(
    '--plugin <file>',
    'Load a module that defines losses, methods, …; may be repeated. Its code is run.',
  )
    .argParser(collect)
    .default([], 'none')
}

/** `--json`, of every command. */
export function jsonOption(): Option {
  return new Option('--json', 'Print results and errors as JSON on stdout.')
}

/** For options that take several names, parted by commas. */
export function list(value: string): string[] {
  return value
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
}

/** For options that take a whole number of at least `minimum`. */
export function wholeNumber(minimum: number): (value: string) => number {
  return (value) => {
    const number = Number(value)
    if (value.trim() === '' || !Number.isSafeInteger(number) || number < minimum)
      throw new InvalidArgumentError(`Expected a whole number ≥ ${minimum}.`)
    return number
  }
}

/** For options that take a number between two bounds, both included. */
export function numberBetween(least: number, most: number): (value: string) => number {
  return (value) => {
    const number = Number(value)
    if (value.trim() === '' || !(number >= least && number <= most))
      throw new InvalidArgumentError(
        most === Infinity
          ? `Expected a number ≥ ${least}.`
          : `Expected a number from ${least} to ${most}.`,
      )
    return number
  }
}
