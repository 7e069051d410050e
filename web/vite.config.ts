import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig, type Plugin } from 'vite'

const packageOf = (path: string) =>
  JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as { version: string }

/** Rooms that run in Node too import its modules; what a page does not use of them must fall away. */
function withoutNode(): Plugin {
  const nodeOnly = /^node:|^koffi$|^onnxruntime-node$/
  return {
    name: 'without-node',
    enforce: 'pre',
    resolveId: (id) =>
      nodeOnly.test(id) ? { id, external: true, moduleSideEffects: false } : null,
    generateBundle(_, bundle) {
      for (const [file, chunk] of Object.entries(bundle)) {
        const kept = chunk.type === 'chunk' ? chunk.imports.filter((id) => nodeOnly.test(id)) : []
        if (kept.length > 0) this.error(`${file} imports ${kept.join(', ')}, which no page has`)
      }
    },
  }
}

export default defineConfig({
  root: fileURLToPath(new URL('playground', import.meta.url)),
  base: './',
  plugins: [withoutNode()],
  worker: { format: 'es', plugins: () => [withoutNode()] },
  define: {
    __LETHE_VERSION__: JSON.stringify(packageOf('../package.json').version),
    __ORT_VERSION__: JSON.stringify(
      packageOf('../node_modules/onnxruntime-web/package.json').version,
    ),
  },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  resolve: {
    conditions: ['onnxruntime-web-use-extern-wasm', 'module', 'browser', 'import', 'default'],
  },
  build: {
    outDir: fileURLToPath(new URL('../dist/playground', import.meta.url)),
    emptyOutDir: true,
    target: 'es2023',
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1000,
  },
})
