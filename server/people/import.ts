import { randomUUID } from 'node:crypto'
import { type FactorId, traitsOf } from '#shared/factors/table.ts'
import { canonical } from '#shared/username.ts'
import { forgiveFailures } from '../attempts/attempt.ts'
import { endEverything } from '../evidence/ending.ts'
import type { Site } from '../factors/contract/site.ts'
import { defaultCost } from '../factors/password/cost.ts'
import { factors } from '../factors/registry.ts'
import { OperatorError } from '../operator/operator-error.ts'
import { BadFile, type Fault, parseFile, readText, type YamlPath } from '../operator/yaml-file.ts'
import type { Authenticator, NewAuthenticator, Person, Store } from '../store/store.ts'
import { type PeopleFile, peopleFile, shortFor, type WrittenAuthenticator, type WrittenPerson } from './file.ts'

export interface ImportedPeople {
  readonly added: number
  readonly changed: number
  readonly unchanged: number
}
type What = keyof ImportedPeople

/** The changes that import one person into the store. */
interface Plan {
  readonly person: Person
  readonly names: readonly string[]
  readonly add: readonly NewAuthenticator[]
  readonly update: readonly Authenticator[]
  readonly remove: readonly Authenticator[]
  /** Whether earlier evidence ends: the person was disabled, or a memorized secret was replaced. */
  readonly ends: boolean
  readonly what: What
}

/** Reads a people file. Throws {@link BadFile} with every fault and its line. */
function readPeople(file: string) {
  const parsed = parseFile(file, readText(file), peopleFile)
  if (!parsed.ok) throw new BadFile(parsed.faults)
  return parsed
}

/**
 * Imports all people of a file into the store: all or nothing. Importing the same file again changes nothing. Passwords
 * are hashed at the cost that `passwords` names.
 */
export async function importPeople(
  store: Store,
  file: string,
  now: () => Date,
  passwords: Site['passwords'] = { argon2id: defaultCost },
): Promise<ImportedPeople & { readonly people: PeopleFile }> {
  const { value: people, faultAt } = readPeople(file)
  const faults: Fault[] = []
  const say = (path: YamlPath, message: string) => void faults.push(faultAt(path, message))
  const taken = new Map<string, number>()
  const plans: Plan[] = []
  // In sequence: each hash takes a core, and a file may name the same person twice.
  for (const [at, written] of people.entries()) {
    const plan = await planFor(store, written, passwords, (path, message) => say([at, ...path], message))
    for (const name of plan?.names ?? []) {
      const other = taken.get(name)
      if (other !== undefined && other !== at) say([at, 'username'], `"${name}" names somebody else in this file too.`)
      taken.set(name, at)
    }
    if (plan) plans.push(plan)
  }
  if (faults.length > 0) throw new BadFile(faults)
  await store.transaction(async (inside) => {
    // The instant is read here, so that evidence from the time of the hashing ends too.
    const at = now().getTime()
    for (const plan of plans) await apply(inside, plan, at)
  })
  const count = (what: What) => plans.filter((plan) => plan.what === what).length
  return { added: count('added'), changed: count('changed'), unchanged: count('unchanged'), people }
}

async function planFor(
  store: Store,
  written: WrittenPerson,
  passwords: Site['passwords'],
  say: (path: YamlPath, message: string) => void,
): Promise<Plan | null> {
  const username = canonical(written.username)
  const email = written.email ? canonical(written.email) : null
  if (!username) say(['username'], 'A username has letters, digits and . _ - + @, and no look-alikes.')
  if (written.email && !email) say(['email'], 'This address cannot be signed in with.')
  if (!username || (written.email && !email)) return null

  const before = await store.people.byName(username)
  if (before && canonical(before.username) !== username)
    say(['username'], `This is an address of "${before.username}".`)
  const other = email ? await store.people.byName(email) : null
  if (other && other.id !== before?.id) say(['email'], `This address belongs to "${other.username}".`)
  const person: Person = {
    id: before?.id ?? randomUUID(),
    username: written.username,
    name: written.name ?? null,
    email: written.email ?? null,
    groups: written.groups,
    attributes: written.attributes,
    disabled: written.disabled,
    notBefore: before?.notBefore ?? null,
  }
  const names = email ? [username, email] : [username]
  const { add, update, remove } = await authenticatorsFor(store, person, written, passwords, say)
  const same =
    before && JSON.stringify(sorted(before)) === JSON.stringify(sorted(person)) && add.length + update.length === 0
  const isDisabled = before !== null && person.disabled && !before.disabled
  const ends = isDisabled || update.some(({ factor }) => isMemorized(factor))
  return { person, names, add, update, remove, ends, what: before ? (same ? 'unchanged' : 'changed') : 'added' }
}

/** Whether a factor's secret is memorized, and so may have been disclosed (NIST SP 800-63B-4 §3.1.1). */
const isMemorized = (factor: FactorId) =>
  traitsOf(factor).potential.every(({ proves }) => proves.every((kind) => kind === 'knows'))

const sorted = (person: Person) => Object.entries(person).sort(([a], [b]) => (a < b ? -1 : 1))

async function authenticatorsFor(
  store: Store,
  person: Person,
  written: WrittenPerson,
  passwords: Site['passwords'],
  say: (path: YamlPath, message: string) => void,
) {
  const add: NewAuthenticator[] = []
  const update: Authenticator[] = []
  const remove: Authenticator[] = []
  const all = authenticatorsIn(written)
  for (const { factor, label, secret, path } of all) {
    const known = (await store.authenticators.list(person.id, factor)).find((one) => one.label === label)
    const names = [person.username, person.name ?? '', person.email?.split('@')[0] ?? '']
    const others = all.filter((one) => one.factor === factor && one.path !== path)
    if (others.length > 0 && !factors[factor].several) say(path, `Somebody has one ${factor}, and this is another one.`)
    else if (others.some((one) => one.label === label))
      say(path, `There is another ${factor} with the label "${label}".`)
    const made = await factors[factor].import(
      secret,
      { label, names, isOnlyFactor: others.length + 1 === all.length, passwords },
      known?.credential,
    )
    if (!made.ok) say(path, made.message)
    else if (made.credential === known?.credential) continue
    else if (known && made.handle === undefined) update.push({ ...known, credential: made.credential })
    else {
      // Another handle means another authenticator, which replaces the known one.
      if (known) remove.push(known)
      const { credential, handle } = made
      add.push({
        id: randomUUID(),
        account: person.id,
        factor,
        label,
        credential,
        ...(handle === undefined ? {} : { handle }),
      })
    }
  }
  return { add, update, remove }
}

function authenticatorsIn(written: WrittenPerson): readonly (WrittenAuthenticator & { path: YamlPath })[] {
  const keys = Object.keys(shortFor) as (keyof typeof shortFor)[]
  const short = keys.flatMap((key) => {
    const secret = written[key]
    return secret ? [{ factor: shortFor[key], label: 'Password', secret, path: [key] }] : []
  })
  const listed = written.authenticators.map((one, at) => ({ ...one, path: ['authenticators', at, 'secret'] }))
  return [...short, ...listed]
}

async function apply(store: Store, { person, names, add, update, remove, ends }: Plan, at: number) {
  await store.people.put(person, names)
  for (const one of remove) await store.authenticators.remove(one)
  for (const one of add)
    if (!(await store.authenticators.add(one, at)))
      throw new OperatorError(`The ${one.factor} "${one.label}" is somebody's already.`)
  for (const one of update)
    if (!(await store.authenticators.rebind(one, at)))
      throw new Error(`${person.username} was changed by somebody else.`)
  for (const { factor } of update) await forgiveFailures(store, person.id, factor)
  if (ends) await endEverything(store, person.id, at)
}
