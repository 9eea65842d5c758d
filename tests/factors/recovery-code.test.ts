import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { codeOf, nextStep } from '../app.ts'
import { testerFor } from '../bench.ts'
import { Browser } from '../browser.ts'
import { fifty, rounds } from '../exhaustive.ts'
import { ada, demo, grace } from '../people/people.ts'
import {
  answerOf,
  arrive,
  ask,
  choose,
  codeAnswerOf,
  identify,
  provenBy,
  redeem,
  type UnderWay,
  underWayIn,
} from '../sign-in.ts'
import { openTestServer, serverForAll } from '../test-server.ts'

const server = await serverForAll((clients) =>
  demo(clients).replace('[password, totp]', '[password, { oneOf: [totp, recovery-code] }]'),
)

/** Somebody who has proven their password, before the choice. */
async function withPassword(person = ada, extra: Record<string, string> = {}, at = server) {
  const browser = new Browser()
  const asked = await ask(at, 'treasury', extra)
  const { page, view } = await arrive(browser, asked)
  const named = await identify(browser, page, view, person.username)
  const post = async (answer: object) => underWayIn(await browser.post(`${page}/answer`, answer))
  return { browser, asked, page, post, choice: await post(answerOf(named, person.password)) }
}
async function atRecovery(person = ada) {
  const begun = await withPassword(person)
  return { ...begun, open: await choose(begun.browser, begun.page, begun.choice, 'recovery-code') }
}
const leftAt = (view: UnderWay) =>
  view.at === 'answer' && view.challenge.factor === 'recovery-code' ? view.challenge.prompt.left : 'none'

test('a code signs in once; the token says otp, no level above the first; one less is left', async () => {
  const [first = '', second = '', ...rest] = await testerFor(server, 'ada').recoveryCodes()
  expect(rest).toHaveLength(8)
  expect(first).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/)
  const { browser, asked, open, post } = await atRecovery()
  expect(open).toMatchObject({ at: 'answer', renews: false })
  expect(leftAt(open)).toBe(9)
  const done = await post(codeAnswerOf(open, first))
  if (done.at !== 'done') throw new Error(JSON.stringify(done))
  const claims = (await redeem(asked, (await browser.follow(done.goTo)).url)).claims()
  expect(claims?.amr).toEqual(['pwd', 'otp', 'mfa'])
  expect(claims?.acr).toBe('urn:sallyport:acr:aal1')
  expect((await provenBy(server, open)).map(({ factor }) => factor)).toEqual(['password', 'recovery-code'])

  const again = await atRecovery()
  expect(leftAt(again.open)).toBe(8)
  const used = await again.post(codeAnswerOf(again.open, first))
  expect(used.refusal?.code).toBe('used-recovery-code')
  expect((await again.post(codeAnswerOf(used, second))).at).toBe('done')
})

test('it is read as it was meant: case, hyphens, spaces, and the letters that look like digits', async () => {
  const [code = ''] = await testerFor(server, 'ada').recoveryCodes()
  const written = code.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l')
  const { open, post } = await atRecovery()
  expect((await post(codeAnswerOf(open, written))).at).toBe('done')
})

test('a wrong one, another person’s and one that was replaced are refused alike', async () => {
  const [graces = ''] = await testerFor(server, 'grace').recoveryCodes()
  const [old = ''] = await testerFor(server, 'ada').recoveryCodes()
  await testerFor(server, 'ada').recoveryCodes()
  let { open, post } = await atRecovery()
  for (const code of ['0000-0000-0000-0000', graces, old, 'not a code', '']) {
    open = await post(codeAnswerOf(open, code))
    if (open.refusal?.code === 'locked') break
    expect([code, open.refusal?.code]).toEqual([code, 'wrong-recovery-code'])
  }
  server.clock.aheadMs += 60 * 60_000
})

test('it is offered last, though it was used last; not at all where no step names it; and it meets no level', async () => {
  const [code = ''] = await testerFor(server, 'grace').recoveryCodes()
  const { open, post } = await atRecovery(grace)
  expect((await post(codeAnswerOf(open, code))).at).toBe('done')
  const { choice } = await withPassword(grace)
  const methods = choice.at === 'choose' ? choice.methods : []
  expect(methods.map(({ factor }) => factor)).toEqual(['totp', 'recovery-code'])
  const { choice: levelled } = await withPassword(grace, { acr_values: 'urn:sallyport:acr:mfa' })
  expect(levelled.at === 'answer' ? levelled.challenge.factor : levelled.at).toBe('totp')
})

test('fifty uses of one code at once, in sign-ins of their own: one gets in', async () => {
  for (let round = 0; round < rounds(1, 20); round++) {
    server.clock.aheadMs += 60 * 60_000
    const [code = ''] = await testerFor(server, 'grace').recoveryCodes()
    const all = await fifty(() => atRecovery(grace))
    const ends = await Promise.all(all.map(({ open, post }) => post(codeAnswerOf(open, code))))
    expect(ends.filter(({ at }) => at === 'done')).toHaveLength(1)
  }
})

test('the codes are not in the store in clear, hashed or not; what is sealed there is hashes alone', async () => {
  const codes = await testerFor(server, 'ada').recoveryCodes()
  const plain = codes.map((code) => code.replaceAll('-', ''))
  const hashes = plain.map((code) => createHash('sha256').update(code).digest())
  const { store } = server.app.context
  const account = (await store.people.byName('ada'))?.id ?? ''
  const kept = JSON.stringify((await store.authenticators.list(account, 'recovery-code')).map((one) => one.credential))
  expect(hashes.filter((hash) => kept.includes(hash.toString('base64url')))).toHaveLength(10)
  for (const code of [...codes, ...plain]) expect(kept.includes(code)).toBe(false)
  const files = readdirSync(server.dataFolder).filter((name) => name.includes('sqlite'))
  const bytes = Buffer.concat(files.map((name) => readFileSync(join(server.dataFolder, name))))
  expect(files.length).toBeGreaterThan(1)
  const encodings = ['base64url', 'base64', 'hex'] as const
  const hashed = hashes.flatMap((hash) => [hash, ...encodings.map((encoding) => hash.toString(encoding))])
  for (const secret of [...codes, ...plain, ...hashed]) expect(bytes.includes(secret)).toBe(false)
})

test('a rule that renews has somebody add an authenticator after a recovery, and lets them on then', async () => {
  const renewing = await openTestServer((clients) =>
    demo(clients).replace('[password, totp] }', '[password, { oneOf: [totp, recovery-code] }], renew: true }'),
  )
  const [code = ''] = await testerFor(renewing, 'ada').recoveryCodes()
  const begun = await withPassword(ada, {}, renewing)
  const open = await choose(begun.browser, begun.page, begun.choice, 'recovery-code')
  expect(open).toMatchObject({ at: 'answer', renews: true })
  expect(await (await begun.browser.get(begun.page)).text()).toContain('After this, add a new method.')
  const recovered = await begun.post(codeAnswerOf(open, code))
  expect(recovered).toMatchObject({ at: 'enrol', because: 'recovered', factors: ['totp'] })
  const enrol = async (fields: object) => underWayIn(await begun.browser.post(`${begun.page}/enrol`, fields))
  const asked = await enrol({ revision: recovered.revision, factor: 'totp' })
  const question = asked.at === 'enrol' ? asked.question : null
  const secret = question?.factor === 'totp' ? question.prompt.secret : ''
  const answer = { code: codeOf(renewing, { label: '', secret }) }
  const done = await enrol({ revision: asked.revision, answer })
  if (done.at !== 'done') throw new Error(JSON.stringify(done))
  const tokens = await redeem(begun.asked, (await begun.browser.follow(done.goTo)).url)
  expect(tokens.claims()?.acr).toBe('urn:sallyport:acr:aal1')
  await renewing.stop()
})

test('an app’s code still signs in beside it', async () => {
  nextStep(server)
  const { browser, page, post, choice } = await withPassword(grace)
  const open = await choose(browser, page, choice, 'totp')
  const [phone] = grace.apps
  if (!phone) throw new Error('She has one.')
  expect((await post(codeAnswerOf(open, codeOf(server, phone)))).at).toBe('done')
})
