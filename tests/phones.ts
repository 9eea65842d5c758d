import { randomUUID } from 'node:crypto'
import { Browser } from './browser.ts'
import { ada, type Clients, demo, type grace } from './people/people.ts'
import { answerOf, arrive, ask, codeAnswerOf, identify, type UnderWay, underWayIn } from './sign-in.ts'
import type { TestServer } from './test-server.ts'

export const number = '+41791234567'

/** Password and text message at the treasury; an app's code is another way. What follows is said of text messages. */
export const texting =
  (sms: string, step = '{ oneOf: [sms, totp] }') =>
  (clients: Clients): string =>
    `${demo(clients).replace('[password, totp]', `[password, ${step}]`)}sms: ${sms}\n`

/** Somebody's phone, in the place of an import. */
export async function givePhone(server: TestServer, username: string, e164 = number, label = 'Phone'): Promise<string> {
  const { store } = server.app.context
  const person = await store.people.byName(username)
  if (!person) throw new Error(`There is no ${username}.`)
  const one = { id: randomUUID(), account: person.id, factor: 'sms', label, credential: { number: e164 } } as const
  if (!(await store.authenticators.add(one, 0))) throw new Error(`${username} has a ${label}.`)
  return person.id
}

/** The texts that the demo's phones were sent, the latest first. */
export const textsAt = (server: TestServer) => server.app.context.channels.sms.outbox?.texts() ?? []
export const codeIn = (body: string): string => /^(\d{6}) is/.exec(body)?.[1] ?? ''
export const lastCode = (server: TestServer): string => codeIn(textsAt(server)[0]?.body ?? '')
export const wrongCode = (server: TestServer): string =>
  String((Number(lastCode(server)) + 1) % 1_000_000).padStart(6, '0')

/** Somebody who has proven their password, before the choice of the other factor (or behind it, where there is none). */
export async function withPassword(server: TestServer, person: typeof ada | typeof grace = ada) {
  const browser = new Browser()
  const asked = await ask(server, 'treasury')
  const { page, view } = await arrive(browser, asked)
  const named = await identify(browser, page, view, person.username)
  const act = async (action: string, fields: object) => underWayIn(await browser.post(`${page}/${action}`, fields))
  const choice = await act('answer', answerOf(named, person.password))
  const method = choice.at === 'choose' ? choice.methods.find(({ factor }) => factor === 'sms') : null
  const chosen = method && { factor: 'sms', authenticator: method.authenticator }
  return {
    browser,
    asked,
    page,
    choice,
    /** Has a text sent, or sent again. */
    text: (from: UnderWay) => act('challenge', { revision: from.revision, ...chosen }),
    another: (from: UnderWay) => act('challenge', { revision: from.revision }),
    answer: (to: UnderWay, code: string) => act('answer', codeAnswerOf(to, code)),
  }
}

/** What the page says about the text. */
export function promptOf(view: UnderWay) {
  if (view.at !== 'answer' || view.challenge.factor !== 'sms') throw new Error(`No text: ${JSON.stringify(view)}`)
  return view.challenge.prompt
}
