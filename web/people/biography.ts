import type { Person } from './people.ts'

const templates = [
  '{name}, {occupation} by trade, was born on {birthday}. Letters to {name} go to {address}; calls go to {phone} and e-mail to {email} at any time. In free time {name} enjoys {hobby}.',
  '{name} was born on {birthday} and lives at {address}. The occupation of {name} is {occupation}, the hobby is {hobby}. The phone number of {name} is {phone} and the e-mail address is {email} as ever.',
  'At {address} lives {name}, born on {birthday}. Known as {occupation} by day, {name} likes {hobby} at weekends. To reach {name}, call {phone} or write to {email} instead.',
] as const

/** A paragraph that holds every fact about the person once, in the words of the answers. */
export function biography(person: Person, style: number): string {
  return templates[style % templates.length].replaceAll(
    /\{(\w+)\}/g,
    (_, field) => person[field as keyof Person],
  )
}
