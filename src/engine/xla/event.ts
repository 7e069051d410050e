import type { PjrtApi } from './c-api.ts'

/** Waits on another thread, and uses the event up. */
export async function waitFor(api: PjrtApi, event: bigint): Promise<void> {
  try {
    if (api.call('Event_IsReady', { event }).isReady) api.call('Event_Error', { event })
    else await api.callAsync('Event_Await', { event })
  } finally {
    api.call('Event_Destroy', { event })
  }
}
