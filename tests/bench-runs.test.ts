import { expect, test } from 'vitest'
import type { BenchRun } from '#shared/wire/bench.ts'
import { Browser } from './browser.ts'
import { ada, demo } from './people/people.ts'
import { type Asked, answerOf, arrive, ask, errorIn, identify, redeem, signIn, underWayIn } from './sign-in.ts'
import { serverForAll } from './test-server.ts'

// What stands behind a request, however it ended, by the nonce that its relying party alone knows.

const server = await serverForAll(
  (clients) => `proxies: [127.0.0.0/8]\n${demo(clients).replace('[password, totp]', '[password, grid]')}`,
)

async function runOf({ checks }: Asked, client: string, asked = ''): Promise<BenchRun | null> {
  const found = await fetch(`${server.issuer}/bench/api/runs/${client}/${checks.expectedNonce}?${asked}`)
  return found.ok ? ((await found.json()) as BenchRun) : null
}
const happened = (run: BenchRun | null) => run?.trail.map(({ kind, factor, why }) => [kind, factor, why])

async function withAnswers(client: string, ...passwords: string[]) {
  const browser = new Browser()
  const asked = await ask(server, client)
  const { page, view } = await arrive(browser, asked)
  const post = async (action: string, body: object) =>
    underWayIn(await browser.post(`${page}/${action}`, body, { 'x-forwarded-for': '192.0.2.7' }))
  let open = await identify(browser, page, view, ada.username)
  for (const password of passwords) open = await post('answer', answerOf(open, password))
  return { browser, asked, post, open }
}
const opened = ['opened', 'password', null]
const refused = ['refused', 'password', 'wrong-password']

test('one that is given up: what was asked and refused, and the rules as they stood before any proof', async () => {
  const { browser, asked, post, open } = await withAnswers('harbour', 'wrong')
  const abandoned = await runOf(asked, 'harbour')
  expect(happened(abandoned)).toEqual([opened, refused])
  const left = await post('cancel', { revision: open.revision })
  if (left.at !== 'done') throw new Error(left.at)
  expect(errorIn((await browser.follow(left.goTo)).url)).toBe('access_denied')
  const run = await runOf(asked, 'harbour')
  expect(run).toEqual(abandoned)
  expect(run).toMatchObject({
    policy: 'staff',
    evidence: [],
    why: { next: { is: 'answer', hasProof: false, rules: ['everyone'] } },
  })
})

test('one that cannot be met: what was proven, and what is missing', async () => {
  const { browser, asked, post, open } = await withAnswers('treasury', 'wrong', ada.password)
  expect(open).toMatchObject({ at: 'refused', why: 'not-enrolled' })
  const left = await post('cancel', { revision: open.revision })
  if (left.at !== 'done') throw new Error(left.at)
  expect(errorIn((await browser.follow(left.goTo)).url)).toBe('unmet_authentication_requirements')
  const run = await runOf(asked, 'treasury')
  expect(happened(run)).toEqual([opened, refused, ['proven', 'password', null]])
  expect(run?.trail.map(({ where }) => where)).toEqual([null, '192.0.2.7', '192.0.2.7'])
  expect(run?.evidence).toMatchObject([{ factor: 'password', methods: ['pwd'] }])
  expect(run?.why).toMatchObject({
    next: { is: 'refuse', why: { code: 'not-enrolled' }, missing: ['grid'] },
    flows: [{ because: 'not-enrolled', missing: ['grid'] }],
  })
})

test('one that is issued rests on its evidence; another nonce and another client know nothing of it', async () => {
  const asked = await ask(server)
  const tokens = await redeem(asked, await signIn(new Browser(), asked, ada))
  expect(tokens.claims()?.amr).toEqual(['pwd'])
  expect(await runOf(asked, 'harbour')).toMatchObject({
    evidence: [{ factor: 'password' }],
    why: { next: { is: 'done' } },
  })
  expect(await runOf(asked, 'lighthouse')).toBeNull()
  expect(await runOf(await ask(server), 'harbour')).toBeNull()
})
