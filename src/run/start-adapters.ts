import type { DeviceBuffer } from '../engine/memory.ts'
import type { AdapterStart } from '../model/adapter/adapter.ts'
import { fisherInformation } from '../train/fisher.ts'
import type { Session } from '../train/session.ts'
import type { RunData } from './run-data.ts'

/** Padded tokens in a batch whose gradient is squared. */
export const fisherTokensPerBatch = 1024

/**
 * Begins the adapter of a session where its beginning depends on weights or data, and changes the weights it stands beside.
 *
 * What is measured or scored of the starting model must be so before. The adapter's tensors at the start are stored with
 * each state: the weights beside them follow from those, so that a resumed run is the same to the bit.
 *
 * @returns arrays to be stored with each state; none where the adapter begins by its seed alone, or there is none
 */
export async function startAdapter(
  session: Session,
  data: RunData,
  seed: number,
  stored?: ReadonlyMap<string, { data: Float32Array }>,
): Promise<Map<string, Float32Array>> {
  const { memory, trainable, trained, tensors } = session.store
  const { adapter } = trainable
  if (!adapter?.start) return new Map()
  const bufferOf = (name: string) => tensors.get(name)?.data as DeviceBuffer
  const read = (name: string) => memory.read(bufferOf(name))
  const known = stored?.get('adapters')
  if (known) await memory.write(trained.data, known.data)
  else await begin(session, adapter.weights, adapter.start, data, seed)
  for (const name of adapter.weights)
    await memory.write(bufferOf(name), await adapter.start.beside(name, read))
  return new Map([['adapters', (await memory.read(trained.data)).slice()]])
}

/** Cost, where Fisher information is needed: the gradient of every changed weight over both sets once. */
async function begin(
  session: Session,
  weights: readonly string[],
  start: AdapterStart,
  data: RunData,
  seed: number,
): Promise<void> {
  const { memory, tensors, trained } = session.store
  const informationOf = (set: 'forget' | 'retain') =>
    fisherInformation(session, weights, data[set] ?? [], fisherTokensPerBatch)
  const information = start.needs.fisher
    ? { forget: await informationOf('forget'), retain: await informationOf('retain') }
    : null
  for (const name of weights) {
    const fisher = information && {
      forget: information.forget.get(name) as Float32Array,
      retain: information.retain.get(name) as Float32Array,
    }
    const weight = await memory.read(tensors.get(name)?.data as DeviceBuffer)
    for (const [own, values] of start.begin(name, { weight, fisher, seed }))
      await memory.write(trained.views.get(own) as DeviceBuffer, values)
  }
}
