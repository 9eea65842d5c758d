// One sign-in at this build, as a relying party and a browser make it. A request that sign-ins get or lose is a `yield`
// here: all counts are named by what is yielded.
import type { Agent } from 'node:http'
import type { View } from '../../shared/wire/view.ts'
import { type Answered, type Browse, browserOf, json, leadsTo } from './browser.ts'
import { authorizeUrl, newVerifier, redeem } from './relying-party.ts'
import type { Sequence } from './sequences.ts'

export const usernameOf = (at: number): string => `person-${at}`

export type Request = 'authorize' | 'page' | 'identify' | 'answer' | 'resume' | 'token'

function seen({ status, text }: Answered): View {
  const inPage = /<script type="application\/json" id="view">(.*?)<\/script>/s.exec(text)?.[1]
  if (status !== 200) throw new Error(`Answered ${status}: ${text.slice(0, 300)}`)
  return JSON.parse(inPage ?? text)
}

/** The challenge to answer: the step's, or the usernameless one that is offered with the name field. */
const openIn = (view: View) =>
  view.at === 'answer' ? view.challenge : view.at === 'identify' ? view.usernameless[0] : undefined

/** Says who signs in and answers each challenge, until the sign-in is done: the address to go on at. */
async function* answerAll(
  browse: Browse,
  page: string,
  sequence: Sequence,
  by: { readonly username: string; readonly issuer: string },
): AsyncGenerator<Request, string> {
  let view = seen(await browse(page))
  if (view.at === 'identify' && view.usernameless.length === 0) {
    const { withName } = sequence
    yield withName ? 'answer' : 'identify'
    const fields = { username: by.username, revision: view.revision, ...(withName ? { answer: withName } : {}) }
    view = seen(await browse(`${page}/identify`, json(fields)))
  }
  for (let challenge = openIn(view); challenge && 'revision' in view; challenge = openIn(view)) {
    yield 'answer'
    const fields = { challenge: challenge.id, revision: view.revision, answer: sequence.answer(challenge, by) }
    view = seen(await browse(`${page}/answer`, json(fields)))
    if ('refusal' in view && view.refusal) throw new Error(`Refused: ${view.refusal.code}`)
  }
  if (view.at !== 'done') throw new Error(`Not signed in: ${JSON.stringify(view)}`)
  return view.goTo
}

/** Makes one sign-in, and yields the name of each request before making it: the ID token. */
export async function* signIn(
  issuer: string,
  agent: Agent,
  sequence: Sequence,
  person: number,
): AsyncGenerator<Request, string> {
  const browse = browserOf(agent)
  const verifier = newVerifier()
  yield 'authorize'
  const page = leadsTo(issuer, await browse(authorizeUrl(issuer, verifier)))
  yield 'page'
  const goTo = yield* answerAll(browse, page, sequence, { username: usernameOf(person), issuer })
  yield 'resume'
  const callback = leadsTo(issuer, await browse(goTo))
  yield 'token'
  return redeem(issuer, agent, callback, verifier)
}
