import { file, folder, sallyport } from './run.ts'

// A policy for payroll, three people, and what the policy tools say of them.

/** A configuration whose one policy has these rules. */
export const withRules = (rules: string, more = '') => `policies:
  staff:
    rules:
${rules}
clients:
  payroll:
    client_name: Payroll
    redirect_uris: [https://payroll.example.test/callback]
    client_secret: { env: NOBODY_HAS_SET_IT }
    policy: staff
${more}`
export const written = (finance = '[passkey]') =>
  withRules(`      - { name: contractors, when: { groups: [contractors] }, then: deny }
      - { name: finance, when: { groups: [finance] }, then: { primary: ${finance} } }
      - { name: everyone, then: { primary: [password, { oneOf: [totp, sms] }], secondary: [passkey] } }`)
export const people = `
- { username: ada, groups: [finance], password: x, authenticators: [{ factor: totp }] }
- { username: grace, password: x, authenticators: [{ factor: totp }, { factor: sms }] }
- { username: alan, groups: [contractors], password: x, authenticators: [{ factor: totp }] }
`
export const inside = folder()
const given = ['--config', file(inside, 'sallyport.yaml', written()), '--people', file(inside, 'people.yaml', people)]
export const run = (command: string, ...more: string[]) => sallyport(['policy', command, ...given, ...more])
