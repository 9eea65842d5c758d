import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress } from 'node:zlib'
import { compileMessage } from '@lingui/message-utils/compileMessage'
import react from '@vitejs/plugin-react'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'

/** A script for each kind of page. */
const entries = ['web/entries/sign-in.tsx', 'web/entries/bench.tsx']
const clientFolder = 'dist/client'

export default defineConfig({
  plugins: [catalogues(), react()],
  publicDir: 'web/public',
  environments: {
    client: { build: { outDir: clientFolder, manifest: true, rolldownOptions: { input: entries } } },
    ssr: { build: { outDir: 'dist/ssr', rolldownOptions: { input: 'web/render.tsx' }, emitAssets: false } },
  },
  build: {
    assetsInlineLimit: 0,
    emptyOutDir: true,
    target: 'es2023',
    // The first that know light-dark(), of May 2024 at the latest: what stands in for it is deaf to a scheme set later.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
  },
  builder: {
    async buildApp(builder) {
      for (const environment of Object.values(builder.environments)) await builder.build(environment)
      await compress(clientFolder)
    },
  },
  test: {
    include: ['tests/**/*.test.ts'],
    setupFiles: ['tests/seeded.ts'],
    // For what hangs, and never for what is slow on a machine with other work: no test takes more than eight seconds of one
    // that is idle, and ten times that on one with twenty programs for two cores. What is tried far more often takes longer.
    testTimeout: process.env.SALLYPORT_EXHAUSTIVE ? 300_000 : 90_000,
    hookTimeout: 90_000,
    pool: 'forks',
    // Most of a test's time is waiting: for a browser, for another program.
    maxWorkers: '100%',
    isolate: false,
  },
})

/**
 * `en.json?messages`: a catalogue of ICU messages, compiled, so that no parser goes to the browser. A factor's holds the texts
 * of two scripts: `?messages=enrol` has those of its enrolment, `?messages=sign-in` the others.
 */
function catalogues(): Plugin {
  return {
    name: 'catalogues',
    enforce: 'pre',
    transform: {
      filter: { id: /\.json\?messages(=enrol|=sign-in)?$/ },
      handler(json, id) {
        const source: Record<string, string> = JSON.parse(json)
        const part = /=(.*)$/.exec(id)?.[1]
        const sent = Object.entries(source).filter(
          ([name]) => !part || name.startsWith('enrol.') === (part === 'enrol'),
        )
        const compiled = Object.fromEntries(sent.map(([name, text]) => [name, compileMessage(text)]))
        return { code: `export default ${JSON.stringify(compiled)}`, map: null, moduleType: 'js' }
      },
    },
  }
}

const brotli = promisify(brotliCompress)

/**
 * Every script and style sheet of a folder once more, compressed once and for all. After the build and beside one another:
 * within it the longest of them holds up the bundler, which says so in a page of warnings.
 */
async function compress(folder: string): Promise<void> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => /\.(js|css)$/.test(path))
  await Promise.all(
    paths.map(async (path) =>
      writeFileSync(join(folder, `${path}.br`), await brotli(readFileSync(join(folder, path)))),
    ),
  )
}
