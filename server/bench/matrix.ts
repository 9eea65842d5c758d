import type { HttpBindings } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import { stringify } from 'yaml'
import { z } from 'zod'
import { isChanged } from '#shared/policy/tools/matrix.ts'
import { checkedConfigIn } from '../config/checked-config.ts'
import type { AppContext } from '../context/app-context.ts'
import { jsonIn, longestDocumentBytes, readBody } from '../http/bytes.ts'
import { problemResponse } from '../http/problem.ts'
import { OperatorError } from '../operator/operator-error.ts'
import { BadFile } from '../operator/yaml-file.ts'
import type { PeopleFile } from '../people/file.ts'
import { caseOf } from '../policy-tools/cases.ts'
import { explainFor } from '../policy-tools/explained.ts'
import { comparedFor, matrixFor } from '../policy-tools/matrix.ts'
import { question } from '../policy-tools/question.ts'
import { peopleOfStore } from '../policy-tools/store.ts'

const mostColumns = 20
const drafted = z.strictObject({ configuration: z.string() })

/** The simulator on the bench: the demo people at one client, with what they have enrolled at the moment. */
export function matrixRoutes(app: AppContext, people: PeopleFile) {
  const names = people.map(({ username }) => username)
  const chosen = (c: Context) => ({
    people: names,
    clients: [c.req.param('client') ?? ''],
    acr_values: (c.req.queries('acr') ?? []).slice(0, mostColumns),
    from: [],
  })
  const cells = async (c: Context) =>
    matrixFor(app.config.checked, await peopleOfStore(app, names), chosen(c), app.now())

  const routes = new Hono<{ Bindings: HttpBindings }>()
  routes.onError((error, c) => {
    if (!(error instanceof BadFile || error instanceof OperatorError || error instanceof z.ZodError)) throw error
    return problemResponse(app, c, { code: 'bad-request', detail: error.message })
  })
  routes.get('/matrix/:client', async (c) => c.json(await cells(c)))
  routes.get('/matrix/:client/cases', async (c) => {
    c.header('Content-Disposition', 'attachment; filename="policy.test.yaml"')
    return c.text(stringify((await cells(c)).map(caseOf)))
  })
  routes.get('/matrix/:client/:who', async (c) => {
    const { client, who } = c.req.param()
    const asked = question.parse({ who, client, asks: { acr_values: c.req.query('acr') ?? '' } })
    return c.json(explainFor(app.config.checked, await peopleOfStore(app, [who]), asked, app.now()))
  })
  routes.post('/matrix/:client', async (c) => {
    const bytes = await readBody(c.env.incoming, longestDocumentBytes)
    if (!bytes) return problemResponse(app, c, { code: 'too-large' })
    const { configuration } = drafted.parse(jsonIn(bytes))
    const draft = checkedConfigIn('draft', configuration)
    const all = comparedFor(app.config.checked, draft, await peopleOfStore(app, names), chosen(c), app.now())
    return c.json(all.filter(isChanged))
  })
  return routes
}
