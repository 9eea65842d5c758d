import { expect, test } from 'vitest'
import { codeOf, nextStep } from '../app.ts'
import { Browser, viewIn } from '../browser.ts'
import { rounds } from '../exhaustive.ts'
import { ada } from '../people/people.ts'
import { arrive, ask, codeAnswerOf, identify, provenBy, underWayIn } from '../sign-in.ts'
import { serverForAll } from '../test-server.ts'

// The attack: a code that was read over a shoulder is sent again, or fifty times at once in fifty sign-ins, which all read
// the same last step (Gitea CVE-2026-20779, Vault CVE-2025-6014; RFC 6238 §5.2).

const server = await serverForAll(
  ({ harbour }) => `
bench: { people: people.yaml }
policies: { codes: { rules: [{ name: everyone, then: { primary: [totp] } }] } }
clients: { harbour: { client_name: Harbour Payroll, redirect_uris: ['${harbour}/callback'], policy: codes } }
attempts: { per_address_a_minute: 100000, free_failures: 50 }`,
)
const [phone] = ada.apps as [(typeof ada.apps)[number]]
const atOnce = 50
const lockMs = 16 * 60_000

async function open() {
  const browser = new Browser()
  const { page, view } = await arrive(browser, await ask(server))
  const named = await identify(browser, page, view, ada.username)
  return { view, send: (code: string) => browser.post(`${page}/answer`, codeAnswerOf(named, code)) }
}

/** From here on everybody whose answer is charged has read somebody's apps before anybody writes. */
function allReadFirst() {
  const { store } = server.app.context
  const { transaction } = store
  const slow: typeof transaction = async (work) => {
    const done = await transaction(work)
    await new Promise((resolve) => setTimeout(resolve, 500))
    return done
  }
  Object.assign(store, { transaction: slow })
  return () => void Object.assign(store, { transaction })
}

test('of fifty answers with one code at once, one is right', async () => {
  for (let round = 0; round < rounds(2, 20); round++) {
    nextStep(server, lockMs / 30_000)
    const signIns = await Promise.all(Array.from({ length: atOnce }, open))
    const code = codeOf(server, phone)
    const asBefore = allReadFirst()
    const answered = await Promise.all(signIns.map(({ send }) => send(code)))
    asBefore()
    const views = await Promise.all(answered.map(underWayIn))
    expect(views.filter(({ at }) => at === 'done')).toHaveLength(1)
    const proven = await Promise.all(signIns.map(({ view }) => provenBy(server, view)))
    expect(proven.flat()).toHaveLength(1)
    const statuses = new Set(answered.map(({ status }) => status))
    expect([...statuses].filter((status) => ![200, 409, 422, 429].includes(status))).toEqual([])
  }
})

test('a code that was seen is nothing to the next sign-in, nor to one that was open before', async () => {
  nextStep(server, lockMs / 30_000)
  const [before, honest] = [await open(), await open()]
  const code = codeOf(server, phone)
  expect((await honest.send(code)).status).toBe(200)
  for (const thief of [before, await open()])
    expect(await viewIn(await thief.send(code))).toMatchObject({ at: 'answer', refusal: { code: 'used-code' } })
})
