import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Hono } from 'hono'
import type { BenchCards } from '#shared/wire/bench.ts'
import type { House } from '../context/app-context.ts'
import { problemResponse } from '../http/problem.ts'
import type { PeopleFile } from '../people/file.ts'
import { authorityFile, cardFile, kinds, passphrase } from './test-cards/cards.ts'

const types = { p12: 'application/x-pkcs12', crt: 'application/x-x509-ca-cert' } as const

/** The cards of the demo people, for a tester's own browser: those that sign in, and those that must not. */
export function cardRoutes(house: House, folder: string, people: PeopleFile) {
  const app = new Hono()
  const files = new Set([
    authorityFile,
    ...people.flatMap(({ username }) => kinds.map((kind) => cardFile(kind, username))),
  ])
  app.get('/api/cards', (c) => c.json({ passphrase, kinds } satisfies BenchCards))
  app.get('/cards/:file', (c) => {
    const file = c.req.param('file')
    if (!files.has(file)) return problemResponse(house, c, { code: 'not-found' })
    return c.body(new Uint8Array(readFileSync(join(folder, file))), 200, {
      'Content-Type': file === authorityFile ? types.crt : types.p12,
      'Content-Disposition': `attachment; filename="${file.replace(/[^\w.-]/g, '_')}"`,
    })
  })
  return app
}
