import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { contracts, type EnrollableFactor, enrollableFactors } from '#shared/factors/index.ts'
import { traitsOf } from '#shared/factors/table.ts'
import type { Refusal } from '#shared/refusal.ts'
import type { EnrolmentView } from '#shared/wire/enrolment.ts'
import type { AppContext } from '../context/app-context.ts'
import { type AnyDelivery, deliverBy } from '../factors/channels.ts'
import type { Enrolling, Enrolment, EnrolmentVerdict, Factor } from '../factors/contract/factor.ts'
import { returnedAnswer } from '../factors/contract/handoff.ts'
import { siteOf } from '../factors/contract/site.ts'
import { factors } from '../factors/registry.ts'
import type { Person, Store } from '../store/store.ts'
import {
  addEnrolment,
  changeEnrolment,
  endEnrolment,
  loadEnrolment,
  openQuestionIn,
  questionOf,
  questionRow,
  type StoredEnrolment,
  sealQuestion,
} from './state.ts'

export const enrolmentBeginning = z.strictObject({ factor: z.enum(enrollableFactors) })
const answering = z.strictObject({
  revision: z.int(),
  answer: z.unknown(),
  label: z.string().trim().max(80).optional(),
})
const mostRefusals = 5

const halfOf = (factor: EnrollableFactor): Enrolment<EnrollableFactor> => {
  const { enrolment }: { readonly enrolment?: unknown } = factors[factor]
  if (!enrolment) throw new Error(`Nobody can enrol a ${factor}, though its contract says so.`)
  return enrolment as Enrolment<EnrollableFactor>
}

type Asked = Extract<EnrolmentView, { at: 'asked' }>
const over = (code: Refusal['code']): EnrolmentView => ({ at: 'over', why: code })
const asked = (app: AppContext, stored: StoredEnrolment, refusal: Refusal | null): Asked => ({
  at: 'asked',
  id: stored.id,
  revision: stored.revision,
  refusal,
  ...questionOf(app, stored),
})

const whoOf = async (app: AppContext, person: Person, factor: EnrollableFactor): Promise<Enrolling<AnyDelivery>> => ({
  now: app.now(),
  site: siteOf(app),
  person,
  authenticators: await app.store.authenticators.list(person.id, factor),
  deliver: (message) => deliverBy(app.channels, person.id, message),
})

/**
 * Begins the enrolment of an authenticator of a factor for somebody, or begins again in place of one under way. The
 * caller has made sure that the person may have one.
 */
export async function beginEnrolment(
  app: AppContext,
  person: Person,
  factor: EnrollableFactor,
  before: string | null = null,
): Promise<EnrolmentView> {
  const stored = before === null ? null : await loadEnrolment(app, person.id, before)
  const previous = stored?.pending.factor === factor ? openQuestionIn(app, stored).state : null
  const opened = await halfOf(factor).begin(await whoOf(app, person, factor), previous)
  if ('why' in opened) return over(opened.why.code)
  return asked(app, await addEnrolment(app, person.id, factor, opened), null)
}

/** The open question of an enrolment; null when there is none (any more). */
export async function currentQuestion(app: AppContext, person: Person, id: string | null) {
  const stored = id === null ? null : await loadEnrolment(app, person.id, id)
  return stored && asked(app, stored, null)
}

/** Whether somebody may have a new authenticator, asked in the transaction that binds it. */
type Permit = (inside: Store) => Promise<boolean>

/**
 * Verifies an answer to the open question, into the next question, a refusal or an authenticator. Null for an answer
 * that cannot be read.
 */
export async function answerEnrolment(
  app: AppContext,
  person: Person,
  id: string,
  fields: unknown,
  permit: Permit,
): Promise<EnrolmentView | null> {
  const parsed = answering.safeParse(fields)
  if (!parsed.success) return null
  const stored = await loadEnrolment(app, person.id, id)
  if (!stored) return over('expired')
  const { factor } = stored.pending
  const open = openQuestionIn(app, stored)
  const isElsewhere = traitsOf(factor).elsewhere && !open.here
  const given = isElsewhere ? returnedAnswer(app, questionRow(stored), parsed.data.answer) : parsed.data.answer
  const answer = contracts[factor].enrolment.answer.safeParse(given)
  if (!answer.success) return null
  // The enrolment is claimed before the answer is verified: of two answers at once, one is.
  const claimed =
    parsed.data.revision === stored.revision ? await changeEnrolment(app.store, stored, stored.pending) : null
  if (!claimed) return asked(app, stored, { code: 'stale' })
  const who = await whoOf(app, person, factor)
  const came = await halfOf(factor).accept(who, answer.data, open.state)
  return came.is === 'made'
    ? bind(app, who, claimed, { ...came, label: unusedLabel(who, parsed.data.label || came.label) }, permit)
    : follow(app, claimed, came)
}

type Made = Extract<EnrolmentVerdict<EnrollableFactor>, { is: 'made' }>
async function follow(
  app: AppContext,
  stored: StoredEnrolment,
  came: Exclude<EnrolmentVerdict<EnrollableFactor>, Made>,
): Promise<EnrolmentView> {
  const { pending, id } = stored
  switch (came.is) {
    case 'asked': {
      const open = sealQuestion(app, id, pending.account, came)
      const next = await changeEnrolment(app.store, stored, { ...pending, open })
      return next ? asked(app, next, null) : over('stale')
    }
    case 'refused': {
      const refusals = pending.refusals + 1
      if (refusals >= mostRefusals) await endEnrolment(app.store, stored)
      const open = came.next ? sealQuestion(app, id, pending.account, came.next) : pending.open
      const next =
        refusals < mostRefusals ? await changeEnrolment(app.store, stored, { ...pending, open, refusals }) : null
      return next ? asked(app, next, came.why) : over('too-many-refusals')
    }
  }
}

/** Binds the authenticator and records it, in the transaction that ends the enrolment. */
async function bind(
  { store, now }: AppContext,
  { person }: Enrolling,
  stored: StoredEnrolment,
  made: Made,
  permit: Permit,
): Promise<EnrolmentView> {
  const { factor } = stored.pending
  const { label } = made
  const { several }: Factor<EnrollableFactor> = factors[factor] as Factor<EnrollableFactor>
  const { credential, handle } = made
  const row = {
    id: randomUUID(),
    account: person.id,
    factor,
    label,
    credential,
    ...(handle === undefined ? {} : { handle }),
  }
  const at = now().getTime()
  try {
    return await store.transaction(async (inside) => {
      if (!(await endEnrolment(inside, stored)) || !(await permit(inside))) throw new Taken()
      const { authenticators: all } = inside
      const [before] = several ? [] : await all.list(person.id, factor)
      const id = before ? await all.rebind({ ...before, credential }, at) : (await all.add(row, at)) && row.id
      if (!id) throw new Taken()
      await inside.records.append({ kind: 'bound', account: person.id, factor, authenticator: id }, at)
      return { at: 'made', factor, label: before?.label ?? label } as const
    })
  } catch (error) {
    if (error instanceof Taken) return over('already-enrolled')
    throw error
  }
}

class Taken extends Error {}

/** A label that none of the person's authenticators of the factor has. */
function unusedLabel({ authenticators }: Enrolling, label: string): string {
  const used = new Set(authenticators.map((one) => one.label))
  for (let count = 2, name = label; ; count++) {
    if (!used.has(name)) return name
    name = `${label} ${count}`
  }
}

/** Removes an authenticator, so that evidence of it counts no more; false when somebody else was first. */
export const removeAuthenticator = ({ store, now }: AppContext, person: Person, id: string): Promise<boolean> =>
  store.transaction(async (inside) => {
    const one = (await inside.authenticators.listAll(person.id)).find((each) => each.id === id)
    if (!one || !(await inside.authenticators.remove(one))) return false
    const { account, factor } = one
    await inside.records.append({ kind: 'removed', account, factor, authenticator: id }, now().getTime())
    return true
  })
