import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { BinaryWriter } from '@bufbuild/protobuf/wire'
import type { RunEvent } from '../run/events.ts'
import { type Scalar, scalarsOf } from './scalars.ts'
import { tfRecord } from './tf-record.ts'
import type { Tracker } from './tracker.ts'

/**
 * Writes the numbers of a run as a TensorBoard event file, each at once.
 *
 * A resumed run begins a new file, whose first event takes back what older files say of later steps: they are done
 * again.
 *
 * @param folder of the files; made if missing
 * Source: tensorflow/core/util/event.proto and framework/summary.proto.
 */
export function openTensorboard(folder: string, now: () => number = Date.now): Tracker {
  mkdirSync(folder, { recursive: true })
  const seconds = (now() / 1000).toFixed(0).padStart(10, '0')
  // TensorBoard reads the files of a folder in the order of their names.
  const name = `events.out.tfevents.${seconds}.${hostname()}.${process.pid}`
  const file = openSync(join(folder, name), 'a')
  const write = (bytes: Uint8Array) => writeSync(file, tfRecord(bytes))
  write(versionEvent(now()))
  return {
    listen(event: RunEvent) {
      if (event.type === 'run.resumed') write(purgeEvent(Date.parse(event.ts), event.step + 1))
      for (const scalar of scalarsOf(event)) write(scalarEvent(scalar))
    },
    async close() {
      closeSync(file)
    },
  }
}

const sessionStart = 1

/** `Event { wall_time = 1, step = 2, file_version = 3, summary = 5, session_log = 7 }`. */
function eventAt(milliseconds: number, step: number): BinaryWriter {
  return new BinaryWriter()
    .tag(1, 1)
    .double(milliseconds / 1000)
    .tag(2, 0)
    .int64(step)
}

function versionEvent(at: number): Uint8Array<ArrayBuffer> {
  return eventAt(at, 0).tag(3, 2).string('brain.Event:2').finish()
}

function purgeEvent(at: number, step: number): Uint8Array<ArrayBuffer> {
  const log = new BinaryWriter().tag(1, 0).int32(sessionStart).finish()
  return eventAt(at, step).tag(7, 2).bytes(log).finish()
}

/** `Summary { value = 1 }`, `Value { tag = 1, simple_value = 2 }`. */
function scalarEvent({ key, value, step, at }: Scalar): Uint8Array<ArrayBuffer> {
  const one = new BinaryWriter().tag(1, 2).string(key).tag(2, 5).float(value).finish()
  const summary = new BinaryWriter().tag(1, 2).bytes(one).finish()
  return eventAt(at, step).tag(5, 2).bytes(summary).finish()
}
