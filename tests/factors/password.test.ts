import { writeFileSync } from 'node:fs'
import { hash } from '@node-rs/argon2'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { queueOf } from '#server/factors/password/queue.ts'
import { faultOf } from '#server/factors/password/rules.ts'
import { importPeople } from '#server/people/import.ts'
import { Browser, viewIn } from '../browser.ts'
import { ada, demo } from '../people/people.ts'
import { answerOf, arrive, ask, identify, redeem, signIn } from '../sign-in.ts'
import { openTestServer, type TestServer } from '../test-server.ts'

const person = { label: 'Password', names: ['ada', 'Ada Lovelace'], isOnlyFactor: true }
const beside = { ...person, isOnlyFactor: false }

describe('a new password (NIST SP 800-63B-4 §3.1.1.2)', () => {
  test('has 15 characters where it is the only factor, 8 beside another one', () => {
    expect(faultOf('14 characters.', person)).toMatch(/at least 15/)
    expect(faultOf('15 characters..', person)).toBeNull()
    expect(faultOf('7 chars', beside)).toMatch(/at least 8/)
    expect(faultOf('8 chars.', beside)).toBeNull()
  })

  test('counts code points, not bytes nor UTF-16 units', () => {
    expect(faultOf('🏰🗝🚪🕯🧱🏛🔦', beside)).toMatch(/at least 8/)
    expect(faultOf('🏰🗝🚪🕯🧱🏛🔦⛩', beside)).toBeNull()
  })

  test('has at most 1,024 bytes', () => {
    expect(faultOf('aé'.repeat(341), person)).toBeNull()
    expect(faultOf('aé'.repeat(342), person)).toMatch(/1024 bytes/)
  })

  test('is none that everybody uses, nor a name, nor one sign; composition does not matter', () => {
    for (const common of ['password', 'PASSWORD', '12345678', 'iloveyou', 'pass word'])
      expect(faultOf(common, beside)).toMatch(/common|characters/)
    expect(faultOf('AdaLovelace 1815!', person)).toMatch(/name/)
    expect(faultOf('sallyport-2026-!!', person)).toMatch(/name/)
    expect(faultOf('aaaaaaaaaaaaaaaa', person)).toMatch(/one character/)
    expect(faultOf('all lower case words', person)).toBeNull()
  })
})

describe('verifying', () => {
  let server: TestServer
  const old = { password: 'an old hash, of another cost', decomposed: 'e\u0301te\u0301 sur le port' }
  beforeAll(async () => {
    server = await openTestServer()
    const { store } = server.app.context
    const add = async (username: string, argon2: string) => {
      await store.people.put({ id: username, username, name: null, email: null, groups: [] }, [username])
      await store.authenticators.add(
        {
          id: `of ${username}`,
          account: username,
          factor: 'password',
          label: 'Password',
          credential: { argon2 },
        },
        0,
      )
    }
    await add('old', await hash(old.password, { memoryCost: 8192, timeCost: 1, parallelism: 1 }))
    await add('nfc', await hash(old.decomposed.normalize('NFC'), { memoryCost: 19_456, timeCost: 2, parallelism: 1 }))
  })
  afterAll(() => server.stop())

  test('a password is normalised to NFC, whichever keyboard wrote it', async () => {
    for (const password of [old.decomposed, old.decomposed.normalize('NFC')]) {
      const asked = await ask(server)
      expect(
        (await redeem(asked, await signIn(new Browser(), asked, { username: 'nfc', password }))).claims()?.sub,
      ).toBe('nfc')
    }
  })

  test('a hash of another cost is replaced by a right password, and still verifies', async () => {
    for (let round = 0; round < 2; round++) {
      const asked = await ask(server)
      await redeem(asked, await signIn(new Browser(), asked, { username: 'old', password: old.password }))
      const [kept] = await server.app.context.store.authenticators.list('old', 'password')
      expect(kept).toMatchObject({ revision: 1, credential: { argon2: expect.stringContaining('m=12288,t=3,p=1') } })
    }
  })

  test('a hash of another cost that is imported again, after it was replaced, is still the same secret', async () => {
    const password_hash = await hash('a hash of elsewhere', { memoryCost: 7168, timeCost: 5, parallelism: 1 })
    const file = `${server.dataFolder}/again.yaml`
    writeFileSync(file, `- { username: again, password_hash: "${password_hash}" }`)
    const { store } = server.app.context
    expect((await importPeople(store, file, () => new Date())).added).toBe(1)
    const asked = await ask(server)
    await redeem(asked, await signIn(new Browser(), asked, { username: 'again', password: 'a hash of elsewhere' }))
    expect(await importPeople(store, file, () => new Date())).toMatchObject({ changed: 0, unchanged: 1 })
    writeFileSync(file, `- { username: again, password_hash: "${await hash('another one of elsewhere')}" }`)
    expect(await importPeople(store, file, () => new Date())).toMatchObject({ changed: 1, unchanged: 0 })
  })

  test('what is longer than a password may be is refused as wrong, and not hashed', async () => {
    const browser = new Browser()
    const { page, view } = await arrive(browser, await ask(server))
    const open = await identify(browser, page, view, ada.username)
    const refused = await viewIn(await browser.post(`${page}/answer`, answerOf(open, 'x'.repeat(1025))))
    expect(refused).toMatchObject({ at: 'answer', refusal: { code: 'wrong-password' } })
  })

  test('neither a password nor its hash is in any row of the log or in the sign-in', async () => {
    const browser = new Browser()
    const { page, view } = await arrive(browser, await ask(server))
    const open = await identify(browser, page, view, ada.username)
    await browser.post(`${page}/answer`, answerOf(open, 'a canary password 12345'))
    const { DatabaseSync } = await import('node:sqlite')
    const raw = new DatabaseSync(`${server.dataFolder}/sallyport.sqlite`)
    const text = ['records', 'documents']
      .map((table) => JSON.stringify(raw.prepare(`SELECT * FROM ${table}`).all()))
      .join()
    raw.close()
    expect(text).toContain('wrong-password')
    expect(text).not.toMatch(/canary|argon2|limestone/)
  })
})

describe('many at once', () => {
  test('the queue runs so many, lets so many wait, and sends the rest away', async () => {
    const queue = queueOf({ atOnce: 2, waiting: 3 })
    let running = 0
    let most = 0
    const work = async () => {
      most = Math.max(most, ++running)
      await new Promise((resolve) => setTimeout(resolve, 5))
      running--
      return 'done'
    }
    const results = await Promise.all(Array.from({ length: 9 }, () => queue(work)))
    expect(results.filter((result) => result === 'done')).toHaveLength(5)
    expect(results.filter((result) => result === null)).toHaveLength(4)
    expect(most).toBe(2)
    expect(await queue(work)).toBe('done')
  })

  test('work that throws frees its place', async () => {
    const queue = queueOf({ atOnce: 1, waiting: 0 })
    await expect(queue(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
    expect(await queue(async () => 'done')).toBe('done')
  })

  test('beyond the queue the answer is 503 with Retry-After, and costs no attempt', async () => {
    const server = await openTestServer(demo)
    const opened = await Promise.all(
      Array.from({ length: 90 }, async (_, at) => {
        const browser = new Browser()
        const { page, view } = await arrive(browser, await ask(server))
        return { browser, page, open: await identify(browser, page, view, `nobody${at}`) }
      }),
    )
    const responses = await Promise.all(
      opened.map(({ browser, page, open }) => browser.post(`${page}/answer`, answerOf(open, 'wrong'))),
    )
    const busy = responses.findIndex(({ status }) => status === 503)
    expect(busy).toBeGreaterThan(-1)
    expect(responses[busy]?.headers.get('retry-after')).toBe('2')
    expect(await viewIn(responses[busy] as Response)).toMatchObject({ at: 'answer', refusal: { code: 'busy' } })
    const { attempts } = server.app.context.store
    expect((await attempts.get(`password of name nobody${busy}`))?.failures ?? 0).toBe(0)
    const refused = responses.filter(({ status }) => status === 422)
    expect((await attempts.get('address 127.0.0.1'))?.failures).toBe(refused.length)
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([422, 503]))
    await server.stop()
  })
})
