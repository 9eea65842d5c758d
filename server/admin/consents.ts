import { z } from 'zod'
import { consentsOf, type ListedConsent, withdrawConsent } from '../provider/stored-consents.ts'
import { operation, requestedPerson } from './operation.ts'

const words = z.array(z.string())
const consent: z.ZodType<ListedConsent> = z.strictObject({
  client: z.string(),
  scopes: words.describe('What it may be told, as scopes'),
  apis: z.array(z.strictObject({ resource: z.string(), scopes: words })).describe('What it may do, at which API'),
  until: z.string().describe('When it runs out (ISO 8601)'),
})

/** Operations on what people have allowed third parties' clients. */
export const consentOperations = [
  operation({
    path: '/consents/list',
    summary: 'What somebody has allowed relying parties',
    input: z.strictObject({ who: z.string() }),
    output: z.array(consent),
    run: async (app, { who }) => consentsOf(app, await requestedPerson(app, who)),
  }),
  operation({
    path: '/consents/withdraw',
    summary: 'Withdraw what somebody has allowed one relying party, or all of them; the tokens end with it',
    input: z.strictObject({ who: z.string(), client: z.string().optional() }),
    output: z.strictObject({ withdrawn: words.describe('The relying parties that had a consent') }),
    run: async (app, { who, client = null }) => ({
      withdrawn: await withdrawConsent(app.store, await requestedPerson(app, who), client),
    }),
  }),
]
