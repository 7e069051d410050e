import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/* What `npm run build` does so that `npm pack` ships the right files: nothing stale, and a runtime without a script. */

const root = join(import.meta.dirname, '..')
removeStale()
vendorRuntime()

/** The compiler never removes what it made of files that are no longer there. */
function removeStale() {
  for (const room of ['src', 'bench', 'reference']) {
    const folder = join(root, 'dist', room)
    if (!existsSync(folder)) continue
    for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      const stem = file.match(/^(.*?)(?:\.d\.ts|\.js)$/)?.[1]
      const sources = ['.ts', '.tsx'].map((end) => join(root, room, stem + end))
      if (stem !== undefined && !sources.some(existsSync)) rmSync(join(folder, file))
    }
  }
}

/**
 * Puts into vendor/ what runs of onnxruntime-node, as a package without an install script: its own downloads CUDA files
 * from outside the registry on Linux x64, and npm lets no package say no for another.
 */
function vendorRuntime() {
  const source = dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'))
  const target = join(root, 'vendor', 'onnxruntime-node')
  const manifest = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'))
  const { name, version, license, author, repository, main } = manifest
  const text = `${JSON.stringify({ name, version, license, author, repository, main }, null, 2)}\n`
  const done = join(target, 'package.json')
  if (existsSync(done) && readFileSync(done, 'utf8') === text) return
  rmSync(target, { recursive: true, force: true })
  // Left out: the second name of macOS's library, and a provider that is loaded by need only and never asked for.
  const unused = /^libonnxruntime\.\d+\.\d+.*\.dylib$|^DirectML\.dll$/
  putFolder('bin', (file) => !unused.test(file))
  putFolder('dist', (file) => file.endsWith('.js'))
  copyFileSync(join(import.meta.dirname, 'onnxruntime-notice.md'), join(target, 'NOTICE.md'))
  // Last, since it says that all is there.
  writeFileSync(done, text)

  function putFolder(folder, takes) {
    const entries = readdirSync(join(source, folder), { withFileTypes: true, recursive: true })
    for (const entry of entries.filter((each) => each.isFile() && takes(each.name))) {
      const from = join(entry.parentPath, entry.name)
      const to = join(target, from.slice(source.length))
      mkdirSync(dirname(to), { recursive: true })
      link(from, to)
    }
  }
}

/** A hard link, where the disk has them: the libraries are 190 MB. */
function link(from, to) {
  try {
    linkSync(from, to)
  } catch {
    copyFileSync(from, to)
  }
}
