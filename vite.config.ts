import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { compileMessage } from '@lingui/message-utils/compileMessage'
import react from '@vitejs/plugin-react'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  plugins: [catalogues(), react(), brotli()],
  publicDir: 'web/public',
  environments: {
    client: { build: { outDir: 'dist/client', manifest: true, rolldownOptions: { input: 'web/main.tsx' } } },
    ssr: { build: { outDir: 'dist/ssr', rolldownOptions: { input: 'web/render.tsx' }, emitAssets: false } },
  },
  build: { assetsInlineLimit: 0, emptyOutDir: true, target: 'es2023' },
  builder: {},
  test: {
    include: ['tests/**/*.test.ts'],
    setupFiles: ['tests/seeded.ts'],
    // What is tried far more often takes longer.
    testTimeout: process.env.SALLYPORT_EXHAUSTIVE ? 300_000 : 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // Most of a test's time is waiting: for a browser, for another program.
    maxWorkers: '100%',
    isolate: false,
  },
})

/** `en.json?messages`: a catalogue of ICU messages, compiled, so that no parser goes to the browser. */
function catalogues(): Plugin {
  return {
    name: 'catalogues',
    enforce: 'pre',
    transform: {
      filter: { id: /\.json\?messages$/ },
      handler(json) {
        const source: Record<string, string> = JSON.parse(json)
        const compiled = Object.fromEntries(Object.entries(source).map(([id, text]) => [id, compileMessage(text)]))
        return { code: `export default ${JSON.stringify(compiled)}`, map: null, moduleType: 'js' }
      },
    },
  }
}

/** Every script and style sheet once more, compressed once and for all. */
function brotli(): Plugin {
  return {
    name: 'brotli',
    apply: 'build',
    applyToEnvironment: (environment) => environment.name === 'client',
    // Not sooner: other plugins still write into the files while the bundle is generated.
    writeBundle({ dir = '' }, bundle) {
      for (const file of Object.keys(bundle).filter((name) => /\.(js|css)$/.test(name)))
        writeFileSync(join(dir, `${file}.br`), brotliCompressSync(readFileSync(join(dir, file))))
    },
  }
}
