// Loaded before the command line by `--import`: disturbs it at one of the writes that it and the processes which it launches make,
// counted together in a file. `LETHE_DISTURB` is a `Disturbance` of disturbance.ts, and the folder of that file.
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'

const { how, at, wait, folder, top = process.pid } = JSON.parse(process.env.LETHE_DISTURB)
process.env.LETHE_DISTURB = JSON.stringify({ how, at, wait, folder, top })

const { writeSync, fstatSync, writeFileSync, promises } = fs
const { writeFile } = promises
const counter = fs.openSync(join(folder, 'writes'), 'a')

/** Number of this write, from 1, among those of all processes. */
function count() {
  writeSync(counter, '.')
  return fstatSync(counter).size
}

function signal(name) {
  try {
    process.kill(top, name)
  } catch {
    // The first process has ended already.
  }
}

function disturb() {
  if (how === 'SIGKILL of all') {
    signal('SIGKILL')
    process.kill(process.pid, 'SIGKILL')
  } else if (how === 'SIGINT twice') {
    signal('SIGINT')
    setTimeout(signal, wait ?? 0, 'SIGINT').unref()
  } else if (how.startsWith('SIG')) signal(how)
  // Only who reads a pipe can close it.
  else writeFileSync(join(folder, 'now'), '')
}

/** A disk stays full once it is; everything else happens once, at the write or a moment later. */
function before(number, call, grows) {
  if (how === 'full disk') {
    if (!grows || number < at) return
    const error = new Error(`ENOSPC: no space left on device, ${call}`)
    throw Object.assign(error, { errno: -28, code: 'ENOSPC', syscall: call })
  }
  if (number !== at) return
  if (wait === null) disturb()
  else setTimeout(disturb, wait).unref()
}

/** The parts in which bytes are written: where the moment comes it is between two. */
function* parts(content) {
  const bytes = Buffer.from(content)
  const number = count()
  const half = number === at ? bytes.length >> 1 : 0
  if (half > 0) yield bytes.subarray(0, half)
  before(number, 'write', true)
  yield bytes.subarray(half)
}

fs.writeSync = (file, content, offset = 0, length = content.length - offset, position = null) => {
  const bytes = typeof content === 'string' ? content : content.subarray(offset, offset + length)
  let done = 0
  for (const part of parts(bytes))
    done += writeSync(file, part, 0, part.length, position === null ? null : position + done)
  return done
}

promises.writeFile = (file, content, options) => {
  const whole = typeof content === 'string' || ArrayBuffer.isView(content)
  async function* disturbed() {
    for await (const piece of whole ? [content] : content) yield* parts(piece)
  }
  return writeFile(file, disturbed(), options)
}

for (const owner of [fs, promises])
  for (const [name, grows] of [
    ['mkdir', true],
    ['rename', false],
    ['rm', false],
  ]) {
    const own = owner === fs ? `${name}Sync` : name
    const original = owner[own]
    owner[own] = (...args) => {
      before(count(), name, grows)
      return original(...args)
    }
  }
syncBuiltinESMExports()
