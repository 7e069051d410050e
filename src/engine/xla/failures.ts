import { UserError } from '../../error.ts'
import { PjrtError } from './c-api.ts'
import { resourceExhausted } from './layout.ts'

/** Does work on a device; what did not fit there is the user's, anything else that fails a defect. */
export async function withDeviceErrors<Result>(
  device: string,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof PjrtError) || error.code !== resourceExhausted) throw error
    throw new UserError({
      code: 'device-memory',
      path: device,
      expected: 'programs and weights that fit the device’s memory',
      got: error.message.split('\n')[0],
      hint: 'Smaller batches with train.accumulate, shorter texts (maxLength), or adapters (train.parameters: { lora: … }) take less.',
    })
  }
}
