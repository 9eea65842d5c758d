import { z } from 'zod'
import { problemType } from '../http/problem.ts'
import { problem } from './answers.ts'
import type { Operation } from './operation.ts'
import { operations } from './operations.ts'

const json = (schema: z.ZodType, io: 'input' | 'output') => {
  const { $schema: _, ...inline } = z.toJSONSchema(schema, { io })
  return { content: { 'application/json': { schema: inline } } }
}

const { schema } = json(problem, 'output').content['application/json']
const refused = (description: string) => ({
  description,
  content: { [problemType]: { schema: { $ref: '#/components/schemas/Problem' } } },
})
const later = {
  ...refused('Another process holds the store’s lock'),
  headers: { 'Retry-After': { description: 'Seconds until the same may be tried again', schema: { type: 'integer' } } },
}

const pathOf = ({ path, summary, input, output }: Operation) => ({
  [`/api/admin${path}`]: {
    post: {
      operationId: path.slice(1).replaceAll('/', '-'),
      summary,
      requestBody: { required: true, ...json(input, 'input') },
      responses: {
        200: { description: 'The answer', ...json(output, 'output') },
        400: refused('The request, or a configuration in it, cannot be used; detail says why'),
        401: refused('The token is missing or wrong'),
        413: refused('The request is too large'),
        500: refused('Something broke; reference is in the log'),
        503: later,
      },
    },
  },
})

/** The description of the API of administrators (OpenAPI 3.1), made of the operations that answer it. */
export const openapi = (issuer: URL): object => ({
  openapi: '3.1.0',
  info: {
    title: 'Sallyport for administrators',
    version: '1',
    description: 'What policies decide, and who is signed in. Nothing here signs anybody in.',
  },
  servers: [{ url: issuer.origin }],
  security: [{ token: [] }],
  paths: Object.assign({}, ...operations.map(pathOf)),
  components: { schemas: { Problem: schema }, securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
})
