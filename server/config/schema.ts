import { z } from 'zod'
import { passwords } from '../factors/password/settings.ts'
import { card } from '../factors/smartcard/settings.ts'
import { smsSettings } from '../factors/sms/settings.ts'
import { secret } from '../secrets/secret-source.ts'
import { attempts } from '../settings/attempts.ts'
import { duration } from '../settings/duration.ts'
import { name } from '../settings/name.ts'
import { network } from '../settings/network.ts'
import { passkeys } from '../settings/passkeys.ts'
import { acr } from './acr.ts'
import { dialectSettings } from './dialects.ts'
import { policies } from './policies.ts'
import { resources } from './resources.ts'
import { scopes } from './scopes.ts'
import { serviceName } from './service-name.ts'

const isAddress = (text: string) => /^https?:\/\//.test(text) && URL.canParse(text) && !text.includes('#')
const uri = z
  .string()
  .refine(
    (text) => isAddress(text) || /^\/(?!\/)\S*$/.test(text),
    'This must be an http(s) address without a fragment, or a path on the issuer that begins with one /.',
  )

const client = z
  .strictObject({
    client_name: z.string().min(1).max(80),
    redirect_uris: z.array(uri).min(1),
    post_logout_redirect_uris: z.array(uri).optional(),
    backchannel_logout_uri: uri
      .optional()
      .describe('Told when a session ends (OpenID Connect Back-Channel Logout 1.0)'),
    initiate_login_uri: uri.optional().describe('Where a sign-in can be started again (OpenID Connect Core 1.0 §4)'),
    client_uri: uri.optional().describe("The relying party's home page"),
    client_secret: secret.optional().describe('At least 22 characters, random; without one the client is public'),
    token_endpoint_auth_method: z.enum(['client_secret_basic', 'client_secret_post', 'none']).optional(),
    id_token_signed_response_alg: z.enum(['ES256', 'RS256']).default('ES256'),
    grant_types: z
      .array(z.enum(['authorization_code', 'refresh_token']))
      .default(['authorization_code', 'refresh_token']),
    policy: name.optional().describe('The policy that decides how people sign in here; else the default_policy'),
    dialect: name.default('rfc8176').describe('How amr is spelt for this client'),
    acr: z.enum(['strict', 'voluntary']).default('strict').describe('Whether an acr_values that cannot be met fails'),
    subject_type: z
      .enum(['public', 'pairwise'])
      .default('public')
      .describe('pairwise: its sub is no other sector’s (OpenID Connect Core 1.0 §8)'),
    sector_identifier_uri: z
      .string()
      .refine((text) => /^https:/.test(text) && URL.canParse(text), 'This must be an https address.')
      .optional()
      .describe('Its host names the sector of clients that share their sub; else the host of the redirect URIs'),
    third_party: z.boolean().default(false).describe('People are asked once what it may know'),
    default_acr_values: z
      .array(z.string())
      .min(1)
      .optional()
      .describe('What is asked for where a request names no acr_values'),
    resources: z.array(z.string()).default([]).describe('The APIs that it can ask for access tokens for'),
    requires: z
      .strictObject({ amr: z.literal('any') })
      .optional()
      .describe('The client refuses tokens without amr: nobody is let off a step here'),
  })
  .refine(
    ({ client_secret, token_endpoint_auth_method: method }) =>
      method === undefined || (method === 'none') === !client_secret,
    {
      path: ['token_endpoint_auth_method'],
      error: 'A client with a secret authenticates with it, and one without a secret does not.',
    },
  )

/** The whole configuration, as it stands in the file. */
export const configuration = z.strictObject({
  name: serviceName
    .optional()
    .describe('What people know the service by: in pages, texts, authenticator apps; else the host of the issuer'),
  issuer: z
    .string()
    .refine(
      (text) => isAddress(text) && new URL(text).origin === text,
      'The issuer is an origin: scheme, host and port, without a path or a trailing slash.',
    )
    .optional(),
  listen: z
    .strictObject({
      host: z.string().default('127.0.0.1'),
      port: z.int().min(0).max(65_535).optional().describe('Else the port of a loopback issuer, else 4000'),
    })
    .default({ host: '127.0.0.1' }),
  proxies: z
    .array(network)
    .default([])
    .describe('The proxies in front of us (CIDR), whose X-Forwarded-For says where a request comes from'),
  store: z
    .strictObject({ sqlite: z.string().default('sallyport.sqlite').describe('A file, in the data folder') })
    .default({ sqlite: 'sallyport.sqlite' }),
  keys: z
    .strictObject({
      signing: secret.describe('A JWK Set (RFC 7517 §5) with one private ES256 and one private RS256 key'),
      storage: secret.describe(
        '32 random bytes in base64, which seal what the store keeps; or several keys, one a line, the newest first',
      ),
    })
    .optional()
    .describe('Made in the data folder on first start when the issuer is on loopback; required otherwise'),
  log: z.strictObject({ level: z.enum(['debug', 'info', 'warn', 'error']).default('info') }).default({ level: 'info' }),
  bench: z
    .union([
      z.literal(false),
      z.strictObject({
        people: z.string().describe('A people file: imported on start, and shown with its passwords'),
        cards: z
          .boolean()
          .default(false)
          .describe('Makes a test authority, cards of it for these people, and a card host'),
      }),
    ])
    .default(false)
    .describe('The test bench; only on a loopback issuer'),
  admin: z
    .strictObject({ secret: secret.describe('At least 32 characters, random: whoever has it may ask') })
    .optional()
    .describe(
      'The API of administrators, under /api/admin: policies, sessions, people, consents, tokens; off without it',
    ),
  attempts,
  sessions: z
    .strictObject({ idle: duration('1m', '24h').prefault('30m'), longest: duration('5m', '30d').prefault('10h') })
    .prefault({})
    .describe('A session ends when it is idle for so long, and so long after what it rests on was proven'),
  records: z
    .strictObject({
      keep: duration('31d', '3650d').prefault('400d'),
      addresses: duration('1d', '3650d').prefault('30d'),
    })
    .prefault({})
    .describe('How long the log of what was proven and issued is kept, and the network addresses in it'),
  passkeys,
  passwords,
  card: card.optional().describe('The card host: certificates of smartcards, over TLS, on a host and port of its own'),
  sms: smsSettings,
  acr: acr.describe('acr values of your own, beside ours and those of SafeNet Trusted Access'),
  dialects: dialectSettings,
  outgoing: z
    .strictObject({ private_networks: z.array(network).default([]) })
    .prefault({})
    .describe(
      'Networks that are not the open internet, and where relying parties may all the same be told of sign-outs',
    ),
  resources,
  scopes,
  groups: z
    .array(z.string().min(1))
    .optional()
    .describe('The groups that there are: where they are listed, a rule that names another one is an error'),
  policies,
  default_policy: name.optional().describe('The policy of clients that name none'),
  clients: z.record(name, client),
})

export type Configuration = z.output<typeof configuration>
export type ClientSettings = z.output<typeof client>
