import { array, constantFrom, option, record } from 'fast-check'
import { directory, makeList, type Signer, scope, uri, type WantedList } from './list-maker.ts'

/** One list of a random case; the names say what it is like, for a failure to be read. */
export interface RandomList {
  readonly signer: 'issuer' | 'namesake'
  readonly number: number | null
  readonly base: number | null
  readonly time: 'current' | 'ended' | 'future'
  readonly scope: keyof typeof scopes | null
  readonly entry: 'card' | 'card again' | 'another' | null
}

const times = { current: {}, ended: { until: -5 }, future: { from: 600 } } as const
export const places = ['http://x.test/1', 'http://x.test/2'] as const
const scopes = {
  users: () => [scope.users],
  authorities: () => [scope.authorities],
  attributes: () => [scope.attributes],
  'some reasons': () => [scope.reasons(1, 2, 3, 4)],
  'other reasons': () => [scope.reasons(5, 6, 7, 8)],
  indirect: () => [scope.indirect],
  'first place': () => [scope.at(uri(places[0]))],
  'second place': () => [scope.at(uri(places[1]), uri(places[0]))],
  'users at the second place': () => [scope.at(uri(places[1])), scope.users],
  'issuer’s name': (issuer: Buffer) => [scope.at(directory(issuer))],
} as const satisfies Record<string, (issuer: Buffer) => readonly Buffer[]>

const common = <T>(usual: T, ...others: readonly T[]) => constantFrom(...Array<T>(6).fill(usual), ...others)
const list = record<RandomList>({
  signer: common('issuer', 'namesake'),
  number: option(constantFrom(1, 2, 3, 4), { freq: 8 }),
  base: option(constantFrom(1, 2, 3), { freq: 2 }),
  time: common('current', 'ended', 'future'),
  scope: option(constantFrom(...(Object.keys(scopes) as (keyof typeof scopes)[])), { freq: 2 }),
  entry: option(constantFrom('card', 'card again', 'another'), { freq: 2 }),
})

export const cases = record({
  card: constantFrom('no place', 'first place', 'second place', 'some reasons'),
  lists: array(list, { minLength: 1, maxLength: 3 }),
})
export type RandomCase = typeof cases extends { generate(...args: never): { value: infer T } } ? T : never

export function listOf(
  one: RandomList,
  signers: Readonly<Record<RandomList['signer'], Signer>>,
  serial: string,
  issuer: Buffer,
) {
  const entries = { card: [[serial, 1]], 'card again': [[serial, 8]], another: [['01']] } as const
  const wanted: WantedList = {
    ...times[one.time],
    ...(one.number === null ? {} : { number: one.number }),
    ...(one.base === null ? {} : { base: one.base }),
    ...(one.scope === null ? {} : { scope: scopes[one.scope](issuer) }),
    ...(one.entry === null ? {} : { revoked: entries[one.entry] }),
  }
  return makeList(signers[one.signer], wanted)
}
