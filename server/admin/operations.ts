import { z } from 'zod'
import { isChanged } from '#shared/policy/tools/matrix.ts'
import { authenticatorStates } from '../attempts/authenticator-state.ts'
import { unlock } from '../attempts/unlock.ts'
import { type CheckedConfig, checkedConfigIn } from '../config/checked-config.ts'
import type { AppContext } from '../context/app-context.ts'
import { OperatorError } from '../operator/operator-error.ts'
import { playCase, policyCases } from '../policy-tools/cases.ts'
import { explainFor } from '../policy-tools/explained.ts'
import { type Axes, axes, comparedFor, matrixFor } from '../policy-tools/matrix.ts'
import { question, who } from '../policy-tools/question.ts'
import { peopleOfStore } from '../policy-tools/store.ts'
import { resync } from '../token-seeds/resync.ts'
import { authenticatorState, cell, change, found, playedCase, session } from './answers.ts'
import { consentOperations } from './consents.ts'
import { explanation } from './explanation.ts'
import { type Operation, operation, requestedPerson } from './operation.ts'

const draft = {
  configuration: z.string().optional().describe('A configuration (YAML) to look at, in place of the one in force'),
}
const draftIn = ({ config }: AppContext, text: string | undefined): CheckedConfig =>
  text === undefined ? config.checked : checkedConfigIn('configuration', text)

/** The most cells of a matrix: sign-ins wait while it is made. */
const mostCells = 2_000
function sayTooMany({ people, clients, acr_values, from }: Axes, ...books: readonly CheckedConfig[]) {
  const parties = clients.length || Math.max(...books.map((one) => one.parties.size))
  if (people.length * parties * Math.max(1, acr_values.length) * Math.max(1, from.length) > mostCells)
    throw new OperatorError(`Ask for ${mostCells} cells at most.`)
}

export const operations: readonly Operation[] = [
  operation({
    path: '/sessions/list',
    summary: 'Where somebody is signed in',
    input: z.strictObject({ who: z.string() }),
    output: z.array(session),
    run: async (app, asked, sessions) => sessions.list(await requestedPerson(app, asked.who)),
  }),
  operation({
    path: '/sessions/end',
    summary: 'End one of somebody’s sessions; or all of them, and all that was proven until now',
    input: z.strictObject({ who: z.string(), session: z.string().optional() }),
    output: z.strictObject({ ended: z.int() }),
    run: async (app, asked, sessions) => {
      const account = await requestedPerson(app, asked.who)
      if (asked.session === undefined) return { ended: await sessions.endAll(account) }
      return { ended: (await sessions.end(account, asked.session)) ? 1 : 0 }
    },
  }),
  ...consentOperations,
  operation({
    path: '/people/unlock',
    summary: 'Forget wrong answers at somebody’s factors: what they have shut is open again, and nobody has to wait',
    input: z.strictObject({ who: z.string() }),
    output: z.strictObject({ authenticators: z.array(authenticatorState) }),
    run: async (app, asked) => {
      const account = await requestedPerson(app, asked.who)
      await unlock(app.store, account, app.now())
      return { authenticators: await authenticatorStates(app, account) }
    },
  }),
  operation({
    path: '/people/authenticators',
    summary: 'What somebody has, and whom wrong answers have shut out of it',
    input: z.strictObject({ who: z.string() }),
    output: z.array(authenticatorState),
    run: async (app, asked) => authenticatorStates(app, await requestedPerson(app, asked.who)),
  }),
  operation({
    path: '/tokens/resync',
    summary: 'Bring back somebody’s hardware token that has run ahead, by two of its codes in a row (RFC 4226 §7.4)',
    input: z.strictObject({ who: z.string(), codes: z.tuple([z.string(), z.string()]) }),
    output: z.strictObject({ token: z.string().describe('What it is called'), ahead: z.int() }),
    run: ({ store, now }, { who, codes }) => resync(store, who, codes, now()),
  }),
  operation({
    path: '/policy/check',
    summary: 'Look for what is wrong with policies',
    input: z.strictObject({ ...draft, people: z.array(who).max(100).default([]) }),
    output: z.array(found),
    run: async (app, { configuration, people }) => draftIn(app, configuration).lint(await peopleOfStore(app, people)),
  }),
  operation({
    path: '/policy/explain',
    summary: 'Explain one decision',
    input: question.extend(draft),
    output: explanation,
    run: async (app, { configuration, ...asked }) =>
      explainFor(draftIn(app, configuration), await peopleOfStore(app, [asked.who]), asked, app.now()),
  }),
  operation({
    path: '/policy/simulate',
    summary: 'Put people before clients: the doors, and what a token would say',
    input: axes.extend({ ...draft, people: z.array(who).min(1).max(1000) }),
    output: z.array(cell),
    run: async (app, { configuration, ...chosen }) => {
      const book = draftIn(app, configuration)
      sayTooMany(chosen, book)
      return matrixFor(book, await peopleOfStore(app, chosen.people), chosen, app.now())
    },
  }),
  operation({
    path: '/policy/changes',
    summary: 'What a configuration would change of what is in force',
    input: axes.extend({ configuration: z.string(), people: z.array(who).min(1).max(1000) }),
    output: z.array(change),
    run: async (app, { configuration, ...chosen }) => {
      const [before, after] = [app.config.checked, draftIn(app, configuration)]
      sayTooMany(chosen, before, after)
      const people = await peopleOfStore(app, chosen.people)
      return comparedFor(before, after, people, chosen, app.now()).filter(isChanged)
    },
  }),
  operation({
    path: '/policy/test',
    summary: 'Play cases',
    input: z.strictObject({ ...draft, cases: policyCases.max(1000) }),
    output: z.array(playedCase),
    run: async (app, { configuration, cases }) => {
      const book = draftIn(app, configuration)
      const people = await peopleOfStore(
        app,
        cases.map((one) => one.who),
      )
      return cases.map((one) => playCase(book, people, one, app.now()))
    },
  }),
]
