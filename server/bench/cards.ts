import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Hono } from 'hono'
import type { BenchCards } from '#shared/wire/bench.ts'
import type { AppContext } from '../context/app-context.ts'
import { problemResponse } from '../http/problem.ts'
import type { PeopleFile } from '../people/file.ts'
import { authorityFile, cardFile, passphrase, testCardKinds } from './test-cards/cards.ts'

const types = { p12: 'application/x-pkcs12', crt: 'application/x-x509-ca-cert' } as const

/** The cards of the demo people, for a tester's own browser: those that sign in, and those that must not. */
export function cardRoutes(app: AppContext, folder: string, people: PeopleFile) {
  const routes = new Hono()
  const files = new Set([
    authorityFile,
    ...people.flatMap(({ username }) => testCardKinds.map((kind) => cardFile(kind, username))),
  ])
  routes.get('/api/cards', (c) => c.json({ passphrase, kinds: testCardKinds } satisfies BenchCards))
  routes.get('/cards/:file', (c) => {
    const file = c.req.param('file')
    if (!files.has(file)) return problemResponse(app, c, { code: 'not-found' })
    return c.body(new Uint8Array(readFileSync(join(folder, file))), 200, {
      'Content-Type': file === authorityFile ? types.crt : types.p12,
      'Content-Disposition': `attachment; filename="${file.replace(/[^\w.-]/g, '_')}"`,
    })
  })
  return routes
}
