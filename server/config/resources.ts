import { z } from 'zod'
import type { YamlPath } from '../operator/yaml-file.ts'
import { secret } from '../secrets/secret-source.ts'
import { name } from '../settings/name.ts'
import { word } from '../settings/scope-word.ts'

/** APIs that take our access tokens, by the address that clients ask for and that stands in `aud` (RFC 8707 §2). */
export const resources = z
  .record(
    z
      .string()
      .refine((text) => URL.canParse(text) && !text.includes('#'), 'A resource is an address without a fragment.'),
    z.strictObject({
      scopes: z.array(word).min(1),
      access_token: z
        .enum(['jwt', 'opaque'])
        .default('jwt')
        .describe('jwt: verified by the API itself (RFC 9068); opaque: by introspection alone'),
      alg: z.enum(['ES256', 'RS256']).default('ES256').describe('Signs its access tokens'),
      introspection: z
        .strictObject({ client_id: name, client_secret: secret })
        .optional()
        .describe('As whom the API asks what its tokens say (RFC 7662)'),
    }),
  )
  .default({})

interface Asking {
  readonly clients: Readonly<Record<string, { readonly resources: readonly string[] }>>
  readonly resources: z.output<typeof resources>
}

/** Reports clients that ask for unknown resources, introspection of JWTs, and names that two clients or APIs share. */
export function checkResources(
  { clients, resources }: Asking,
  report: (path: YamlPath, message: string) => void,
): void {
  for (const [id, { resources: wanted }] of Object.entries(clients))
    for (const [at, one] of wanted.entries())
      if (!Object.hasOwn(resources, one)) report(['clients', id, 'resources', at], `There is no resource "${one}".`)
  const names = new Set(Object.keys(clients))
  for (const [indicator, { introspection, access_token }] of Object.entries(resources)) {
    if (introspection && access_token === 'jwt')
      report(
        ['resources', indicator, 'introspection'],
        'A JWT is verified by the API itself: introspection needs access_token: opaque.',
      )
    if (introspection && names.has(introspection.client_id))
      report(['resources', indicator, 'introspection', 'client_id'], 'There is a client of this name.')
    if (introspection) names.add(introspection.client_id)
  }
}
