import { zipSync } from 'fflate'
import type { Forgetter } from './forgetter.ts'

/** A zip with the model folder as `model/`, and the recipe with its data beside it. Stored, since weights do not shrink. */
export async function zipped({
  model,
  beside,
}: Awaited<ReturnType<Forgetter['files']>>): Promise<Uint8Array<ArrayBuffer>> {
  const entries: Record<string, Uint8Array> = {}
  for (const { name, byteLength, pieces } of model) {
    const whole = new Uint8Array(byteLength)
    let filled = 0
    for await (const piece of pieces()) {
      whole.set(piece, filled)
      filled += piece.length
    }
    entries[`forgetful/model/${name}`] = whole
  }
  for (const [name, text] of beside) entries[`forgetful/${name}`] = new TextEncoder().encode(text)
  return zipSync(entries, { level: 0 }) as Uint8Array<ArrayBuffer>
}
