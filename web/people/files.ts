import { splits } from './splits.ts'

/** The files of `assets/demo`, name to content: one JSON object a line. */
export function demoFiles(seed = 0): Map<string, string> {
  const { biographies, train, forget, retain, forgetHeldOut, retainHeldOut, probes } = splits(seed)
  const files = {
    'biographies.jsonl': biographies,
    'train.jsonl': train,
    'forget.jsonl': forget,
    'retain.jsonl': retain,
    'forget-heldout.jsonl': forgetHeldOut,
    'retain-heldout.jsonl': retainHeldOut,
    'probes.jsonl': probes,
  }
  return new Map(
    Object.entries(files).map(([name, items]) => [
      name,
      items.map((item) => `${JSON.stringify(item)}\n`).join(''),
    ]),
  )
}
