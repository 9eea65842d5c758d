/** The people of the tests, with their passwords. */
export const ada = {
  username: 'ada',
  email: 'ada@example.test',
  name: 'Ada Lovelace',
  password: 'limestone lantern 41',
  apps: [
    { label: 'Work phone', secret: 'GKWGI6PMB6L3SX5ZFAMPDJYRA3NGYVUS' },
    { label: 'Tablet', secret: 'O5FJXQ5LXBMYPP2RB6Q4SZK7YDFTM3SP' },
  ],
}
export const grace = {
  username: 'grace',
  email: 'grace@example.test',
  name: 'Grace Hopper',
  password: 'verdigris harbour 86',
  apps: [{ label: 'Work phone', secret: 'JLDTSEXMCS2OBMTHV7YFGWI3IYS2ZJ4R' }],
}
/** Nobody of this name exists. */
export const nobody = { username: 'nobody', password: 'a password of nobody at all' }

export const people = [ada, grace]
  .map(
    ({ apps, ...one }) =>
      `- ${JSON.stringify({ ...one, groups: ['staff'], authenticators: apps.map((app) => ({ factor: 'totp', ...app })) })}`,
  )
  .join('\n')

/** Where the relying parties of the tests live. */
export interface Clients {
  readonly harbour: string
  readonly lighthouse: string
  /** Asks for a password and the code of an app. */
  readonly treasury: string
}
export const nowhere: Clients = {
  harbour: 'http://localhost:4999',
  lighthouse: 'http://localhost:4998',
  treasury: 'http://localhost:4997',
}

/** All tests of a file come from one address, and fail a lot. */
const manyFailures = 'per_address_a_minute: 100000'

/** Three relying parties: one public, one that keeps a secret, and one that asks for a second factor. */
export const demo = (
  { harbour, lighthouse, treasury }: Clients,
  attempts: string = manyFailures,
) => `bench: { people: people.yaml }
policies:
  payroll: { rules: [{ name: everyone, then: { primary: [password, totp] } }] }
  staff:
    rules:
      - name: everyone
        then: { primary: [password] }
clients:
  harbour:
    client_name: Harbour Payroll
    redirect_uris: ['${harbour}/callback']
    post_logout_redirect_uris: ['${harbour}/']
    initiate_login_uri: ${harbour}/login
    policy: staff
  lighthouse:
    client_name: Lighthouse Wiki
    redirect_uris: ['${lighthouse}/callback']
    client_secret: a secret of the lighthouse alone
    id_token_signed_response_alg: RS256
    policy: staff
  treasury:
    client_name: Harbour Treasury
    redirect_uris: ['${treasury}/callback']
    policy: payroll
  bench:
    client_name: Bench
    redirect_uris: [/bench/callback]
    post_logout_redirect_uris: [/bench]
    policy: staff
    acr: voluntary
attempts: { ${attempts} }
`

/** The same as an operator writes it first: without the bench, and with no limits but the usual ones. */
export const plain: string = demo(nowhere)
  .replace('bench: { people: people.yaml }\n', '')
  .replace(/attempts: .*\n/, '')
