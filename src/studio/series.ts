import { readEvents } from '../run/index.ts'

/** A number of each step event, by its path: `losses.forget`; steps without it are left out. */
export function stepValues(eventsFile: string, path: string): [number, number][] {
  return readEvents(eventsFile).flatMap((event): [number, number][] => {
    if (event.type !== 'step') return []
    let value: unknown = event
    for (const key of path.split('.'))
      value =
        typeof value === 'object' && value !== null && Object.hasOwn(value, key)
          ? (value as Record<string, unknown>)[key]
          : undefined
    return typeof value === 'number' ? [[event.step, value]] : []
  })
}
