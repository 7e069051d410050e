/** Messages without what grows with every key, loss and method: `expected one of …, got`, `is a knob of this, …`. */
export function withoutLists(messages: string): string {
  return messages
    .replace(/expected one of .+?, got/g, 'expected one of …, got')
    .replace(/( is a knob of [^,\n]+), .*$/gm, '$1, …')
}
