/** The people of the tests, with their passwords. */
export const ada = {
  username: 'ada',
  email: 'ada@example.test',
  name: 'Ada Lovelace',
  password: 'limestone lantern 41',
}
export const grace = {
  username: 'grace',
  email: 'grace@example.test',
  name: 'Grace Hopper',
  password: 'verdigris harbour 86',
}
/** Nobody of this name exists. */
export const nobody = { username: 'nobody', password: 'a password of nobody at all' }

export const people = [ada, grace]
  .map(
    (one) =>
      `- { username: ${one.username}, name: ${one.name}, email: ${one.email}, password: ${one.password}, groups: [staff] }`,
  )
  .join('\n')

/** Where the relying parties of the tests live. */
export interface Clients {
  readonly harbour: string
  readonly lighthouse: string
}
export const nowhere: Clients = { harbour: 'http://localhost:4999', lighthouse: 'http://localhost:4998' }

/** All tests of a file come from one address, and fail a lot. */
const manyFailures = 'per_address_a_minute: 100000'

/** Two relying parties: one public, one that keeps a secret. */
export const demo = ({ harbour, lighthouse }: Clients, attempts: string = manyFailures) => `
bench: { people: people.yaml }
policies:
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
  bench:
    client_name: Bench
    redirect_uris: [/bench/callback]
    post_logout_redirect_uris: [/bench]
    policy: staff
    acr: voluntary
attempts: { ${attempts} }
`
