import type { BuiltFactor } from '#shared/factors/index.ts'
import { canonical } from '#shared/username.ts'
import { plainCode } from '../factors/contract/plain-code.ts'
import { deviceIn, isOver, matchAt } from '../factors/token/device.ts'
import { mostPresses, secondOfTwo } from '../factors/token/resynchronization.ts'
import { token } from '../factors/token/token.ts'
import { OperatorError } from '../operator/operator-error.ts'
import type { Store } from '../store/store.ts'

const factor = token.contract.id satisfies BuiltFactor

/** The resynchronized token, and the codes by which it was ahead (negative: behind). */
export interface Resynchronized {
  readonly token: string
  readonly ahead: number
}

/**
 * Resynchronizes a token outside a sign-in's window by two codes in a row (RFC 4226 §7.4), and records that. Both codes
 * are used up; counted failures stay. Throws {@link OperatorError} when none of the person's tokens has these codes.
 */
export async function resync(
  store: Store,
  username: string,
  codes: readonly [string, string],
  now: Date,
): Promise<Resynchronized> {
  const [first, second] = codes.map(plainCode) as [string, string]
  const person = await store.people.byName(canonical(username) ?? '')
  if (!person) throw new OperatorError(`There is nobody called "${username}".`)
  const tokens = await store.authenticators.list(person.id, factor)
  if (tokens.length === 0) throw new OperatorError(`"${username}" has no hardware token.`)
  for (const stored of tokens) {
    const device = deviceIn(stored.credential)
    const counter = isOver(device, now) ? null : secondOfTwo(device, [first, second], now)
    if (counter === null) continue
    const found = matchAt(device, counter, now)
    const ahead = device.moves.by === 'event' ? counter - 1 - device.next : found.drift - device.drift
    await store.transaction(async (inside) => {
      if (!(await inside.authenticators.update({ ...stored, credential: found })))
        throw new OperatorError(`"${stored.label}" was used meanwhile: take two more codes.`)
      const { id: authenticator } = stored
      await inside.records.append(
        { kind: 'resynchronized', account: person.id, factor, authenticator, ahead },
        now.getTime(),
      )
    })
    return { token: stored.label, ahead }
  }
  throw new OperatorError(
    `These are no two codes in a row of a token of "${username}" that are not used up, within ${mostPresses} presses or a day.`,
  )
}
