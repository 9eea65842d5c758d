import type { HttpBindings } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import { stringify } from 'yaml'
import { z } from 'zod'
import { isChanged } from '#shared/policy/tools/matrix.ts'
import { draftOf } from '../config/draft.ts'
import type { House } from '../context/app-context.ts'
import { bytesIn, jsonIn, longestDocumentBytes } from '../http/bytes.ts'
import { problemResponse } from '../http/problem.ts'
import { Refused } from '../operator/operator-error.ts'
import { BadFile } from '../operator/yaml-file.ts'
import type { PeopleFile } from '../people/file.ts'
import { caseOf } from '../policy-tools/cases.ts'
import { explained } from '../policy-tools/explained.ts'
import { comparedFor, matrixFor } from '../policy-tools/matrix.ts'
import { question } from '../policy-tools/question.ts'
import { peopleOfStore } from '../policy-tools/store.ts'

const mostColumns = 20
const drafted = z.strictObject({ configuration: z.string() })

/** The simulator on the bench: the demo people at one client, with what they carry at the moment. */
export function matrixRoutes(house: House, people: PeopleFile) {
  const names = people.map(({ username }) => username)
  const chosen = (c: Context) => ({
    people: names,
    clients: [c.req.param('client') ?? ''],
    acr_values: (c.req.queries('acr') ?? []).slice(0, mostColumns),
    from: [],
  })
  const cells = async (c: Context) =>
    matrixFor(house.config.draft, await peopleOfStore(house, names), chosen(c), house.now())

  const app = new Hono<{ Bindings: HttpBindings }>()
  app.onError((error, c) => {
    if (!(error instanceof BadFile || error instanceof Refused || error instanceof z.ZodError)) throw error
    return problemResponse(house, c, { code: 'bad-request', detail: error.message })
  })
  app.get('/matrix/:client', async (c) => c.json(await cells(c)))
  app.get('/matrix/:client/cases', async (c) => {
    c.header('Content-Disposition', 'attachment; filename="policy.test.yaml"')
    return c.text(stringify((await cells(c)).map(caseOf)))
  })
  app.get('/matrix/:client/:who', async (c) => {
    const { client, who } = c.req.param()
    const asked = question.parse({ who, client, asks: { acr_values: c.req.query('acr') ?? '' } })
    return c.json(explained(house.config.draft, await peopleOfStore(house, [who]), asked, house.now()))
  })
  app.post('/matrix/:client', async (c) => {
    const bytes = await bytesIn(c.env.incoming, longestDocumentBytes)
    if (!bytes) return problemResponse(house, c, { code: 'too-large' })
    const { configuration } = drafted.parse(jsonIn(bytes))
    const draft = draftOf('draft', configuration)
    const all = comparedFor(house.config.draft, draft, await peopleOfStore(house, names), chosen(c), house.now())
    return c.json(all.filter(isChanged))
  })
  return app
}
