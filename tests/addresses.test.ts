import { expect, test } from 'vitest'
import { Browser, viewIn } from './browser.ts'
import { people } from './people/people.ts'
import { answerOf, arrive, ask, identify, redeem } from './sign-in.ts'
import { serverForAll } from './test-server.ts'

// People sign in by their e-mail address, whatever mailbox it is (RFC 5321 §4.1.2, RFC 6531 §3.3), in any case.

const server = await serverForAll()
const password = 'pewter gable 27 orchard'
const addresses = [
  'smith&jones@example.test',
  'ünal@example.test',
  'ada@corp',
  "{o'neil|x}@example.test",
  '用户@例子.test',
]
const line = (email: string, at: number) => `- ${JSON.stringify({ username: `person-${at}`, email, password })}`
await server.restart([people, ...addresses.map(line)].join('\n'))

test.each(addresses)('%s', async (address) => {
  for (const typed of [address, address.toUpperCase(), ` ${address} `]) {
    const [browser, asked] = [new Browser(), await ask(server, 'harbour', { scope: 'openid email' })]
    const { page, view } = await arrive(browser, asked)
    const named = await identify(browser, page, view, typed)
    const done = await viewIn(await browser.post(`${page}/answer`, answerOf(named, password)))
    if (done.at !== 'done') throw new Error(`${typed}: ${JSON.stringify(done)}`)
    const tokens = await redeem(asked, (await browser.follow(done.goTo)).url)
    const person = await server.app.context.store.people.byName(address)
    expect([person?.email, tokens.claims()?.sub]).toEqual([address, person?.id])
  }
})
