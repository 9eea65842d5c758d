import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { contracts, type EnrollableFactor, enrollableFactors } from '#shared/factors/index.ts'
import { traitsOf } from '#shared/factors/table.ts'
import type { Refusal } from '#shared/refusal.ts'
import type { EnrolmentView } from '#shared/wire/enrolment.ts'
import type { House } from '../context/app-context.ts'
import type { Enrolled, Enrolling, Enrolment, Factor } from '../factors/contract/factor.ts'
import { returnedAnswer } from '../factors/contract/handoff.ts'
import { siteOf } from '../factors/contract/site.ts'
import { factors } from '../factors/registry.ts'
import type { Person, Store } from '../store/store.ts'
import {
  addDraft,
  changeDraft,
  endDraft,
  type KeptDraft,
  loadDraft,
  opening,
  questionOf,
  questionRow,
  sealing,
} from './state.ts'

export const beginning = z.strictObject({ factor: z.enum(enrollableFactors) })
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
const asked = (house: House, kept: KeptDraft, refusal: Refusal | null): Asked => ({
  at: 'asked',
  id: kept.id,
  revision: kept.revision,
  refusal,
  ...questionOf(house, kept),
})

const whoOf = async (house: House, person: Person, factor: EnrollableFactor): Promise<Enrolling> => ({
  now: house.now(),
  site: siteOf(house),
  person,
  authenticators: await house.store.authenticators.list(person.id, factor),
  text: (number, body) => house.post.text(person.id, number, body),
})

/**
 * Begins to make an authenticator of a factor for somebody, or begins again in place of one under way. Whoever calls this
 * has made sure that they may have one.
 */
export async function beginEnrolment(
  house: House,
  person: Person,
  factor: EnrollableFactor,
  before: string | null = null,
): Promise<EnrolmentView> {
  const kept = before === null ? null : await loadDraft(house, person.id, before)
  const previous = kept?.draft.factor === factor ? opening(house, kept).kept : null
  const opened = await halfOf(factor).begin(await whoOf(house, person, factor), previous)
  if ('why' in opened) return over(opened.why.code)
  return asked(house, await addDraft(house, person.id, factor, opened), null)
}

/** The question that is open; null when there is none (any more). */
export async function currentQuestion(house: House, person: Person, id: string | null) {
  const kept = id === null ? null : await loadDraft(house, person.id, id)
  return kept && asked(house, kept, null)
}

/** Whether somebody may have a new authenticator, as the store is when it is bound. */
type Permit = (inside: Store) => Promise<boolean>

/** An answer to the open question, into the next one, a refusal or an authenticator. Null when it cannot be read. */
export async function answerEnrolment(
  house: House,
  person: Person,
  id: string,
  fields: unknown,
  permit: Permit,
): Promise<EnrolmentView | null> {
  const parsed = answering.safeParse(fields)
  if (!parsed.success) return null
  const kept = await loadDraft(house, person.id, id)
  if (!kept) return over('expired')
  const { factor } = kept.draft
  const open = opening(house, kept)
  const isElsewhere = traitsOf(factor).elsewhere && !open.here
  const given = isElsewhere ? returnedAnswer(house, questionRow(kept), parsed.data.answer) : parsed.data.answer
  const answer = contracts[factor].enrolment.answer.safeParse(given)
  if (!answer.success) return null
  // Claimed before it is judged: of two answers at once, one is.
  const claimed = parsed.data.revision === kept.revision ? await changeDraft(house.store, kept, kept.draft) : null
  if (!claimed) return asked(house, kept, { code: 'stale' })
  const who = await whoOf(house, person, factor)
  const came = await halfOf(factor).accept(who, answer.data, open.kept)
  return came.is === 'made'
    ? bind(house, who, claimed, { ...came, label: unusedLabel(who, parsed.data.label || came.label) }, permit)
    : follow(house, claimed, came)
}

type Made = Extract<Enrolled<EnrollableFactor>, { is: 'made' }>
async function follow(
  house: House,
  kept: KeptDraft,
  came: Exclude<Enrolled<EnrollableFactor>, Made>,
): Promise<EnrolmentView> {
  const { draft, id } = kept
  switch (came.is) {
    case 'asked': {
      const open = sealing(house, id, draft.account, came)
      const next = await changeDraft(house.store, kept, { ...draft, open })
      return next ? asked(house, next, null) : over('stale')
    }
    case 'refused': {
      const refusals = draft.refusals + 1
      if (refusals >= mostRefusals) await endDraft(house.store, kept)
      const open = came.next ? sealing(house, id, draft.account, came.next) : draft.open
      const next = refusals < mostRefusals ? await changeDraft(house.store, kept, { ...draft, open, refusals }) : null
      return next ? asked(house, next, came.why) : over('too-many-refusals')
    }
  }
}

/** The row, and the record of it, in the transaction that ends the enrolment. */
async function bind(
  { store, now }: House,
  { person }: Enrolling,
  kept: KeptDraft,
  made: Made,
  permit: Permit,
): Promise<EnrolmentView> {
  const { factor } = kept.draft
  const { label } = made
  const { several }: Factor<EnrollableFactor> = factors[factor] as Factor<EnrollableFactor>
  const { kept: secret, handle } = made
  const row = {
    id: randomUUID(),
    account: person.id,
    factor,
    label,
    kept: secret,
    ...(handle === undefined ? {} : { handle }),
  }
  const at = now().getTime()
  try {
    return await store.transaction(async (inside) => {
      if (!(await endDraft(inside, kept)) || !(await permit(inside))) throw new Taken()
      const { authenticators: all } = inside
      const [before] = several ? [] : await all.list(person.id, factor)
      const id = before ? await all.rebind({ ...before, kept: secret }, at) : (await all.add(row, at)) && row.id
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

/** Nobody has two of one name. */
function unusedLabel({ authenticators }: Enrolling, label: string): string {
  const used = new Set(authenticators.map((one) => one.label))
  for (let count = 2, name = label; ; count++) {
    if (!used.has(name)) return name
    name = `${label} ${count}`
  }
}

/** False when somebody else was first. What rests on it counts no more. */
export const removeAuthenticator = ({ store, now }: House, person: Person, id: string): Promise<boolean> =>
  store.transaction(async (inside) => {
    const one = (await inside.authenticators.listAll(person.id)).find((each) => each.id === id)
    if (!one || !(await inside.authenticators.remove(one))) return false
    const { account, factor } = one
    await inside.records.append({ kind: 'removed', account, factor, authenticator: id }, now().getTime())
    return true
  })
