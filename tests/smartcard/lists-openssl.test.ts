import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { sample } from 'fast-check'
import { expect, test } from 'vitest'
import { rounds } from '../exhaustive.ts'
import { Authority, cardExtensions, folderForAll, type Issued } from '../pki.ts'
import { certificateIn } from './card-server.ts'
import { listJudge } from './list-judge.ts'
import { pemOf } from './list-maker.ts'
import { cases, listOf, places, type RandomCase } from './random-lists.ts'

// Random lists about a card, judged by us and by `openssl verify`: the same verdict, or a difference that has a reason.

const run = promisify(execFile)
const folder = folderForAll()
const root = await Authority.root(folder, 'Harbour Root')
const namesake = await Authority.root(folder, 'namesake', { subject: '/O=Harbour/CN=Harbour Root' })
/** OpenSSL looks for delta lists where a certificate or a list says that there are some. */
const at = (...lines: readonly string[]) =>
  root.issue({ extensions: [...cardExtensions, 'freshestCRL=URI:http://x.test/delta', ...lines] })
const some = ['crlDistributionPoints=p', '[p]', `fullname=URI:${places[0]}`, 'reasons=keyCompromise,CACompromise']
const cards: Readonly<Record<RandomCase['card'], Issued>> = {
  'no place': await at(),
  'first place': await at(`crlDistributionPoints=URI:${places[0]}`),
  'second place': await at(`crlDistributionPoints=URI:${places[1]}`),
  'some reasons': await at(...some),
}
const judge = listJudge(folder, [root.self], 'refuse')
const issuer = certificateIn(root.self.certificate).subject

/** 'good', or what OpenSSL says is wrong. */
async function theirs(card: Issued, lists: readonly Buffer[]): Promise<string> {
  const file = join(folder, 'lists.pem')
  writeFileSync(file, lists.map(pemOf).join(''))
  const how = ['-crl_check', '-extended_crl', '-use_deltas', '-CAfile', root.self.certificate, '-CRLfile', file]
  try {
    await run('openssl', ['verify', ...how, card.certificate])
    return 'good'
  } catch (error) {
    return /error \d+ at \d+ depth lookup: (.*)/.exec((error as { stderr: string }).stderr)?.[1] ?? 'no verdict'
  }
}

type Verdict = Awaited<ReturnType<typeof judge>>
const has = ({ lists }: RandomCase, which: Partial<RandomCase['lists'][number]>) =>
  lists.some((list) => Object.entries(which).every(([key, value]) => list[key as keyof typeof list] === value))
const complete = { base: null } as const

/** Why we say something else than OpenSSL; null for what must not be. */
function reasonFor(one: RandomCase, ours: Verdict, opinion: string): string | null {
  if (ours.why !== 'good') {
    if (ours.detail.includes('a delta list'))
      return 'a delta list that cannot be applied leaves the status open, or revoked; OpenSSL passes over it, or applies an ended one'
    if (ours.detail.includes('an indirect list')) return 'an indirect list leaves the status open'
    if (ours.detail.includes('some reasons only') && one.lists.some(({ base }) => base !== null))
      return 'a delta list alone covers no reasons; OpenSSL counts those of its scope'
    if (ours.why !== 'revoked-card') return null
    if (has(one, { ...complete, entry: 'card again' })) return 'a complete list takes no card back (RFC 5280 §5.3.1)'
    const isOneOfSeveral = one.lists.filter(({ base }) => base === null).length > 1 && has(one, { entry: 'card' })
    return isOneOfSeveral ? 'any list that says revoked is believed; OpenSSL asks one of them' : null
  }
  const deltas = one.lists.filter(({ base }) => base !== null)
  if (deltas.length > 1 && has(one, { entry: 'card again' }))
    return 'of several delta lists the newest one counts; OpenSSL takes the first'
  if (opinion === 'certificate revoked') return null
  if (has(one, { scope: 'issuer’s name' }))
    return 'a list at its issuer’s name is of all cards of the issuer (§6.3.3, last paragraph)'
  if (one.card === 'some reasons') return 'a list that no point names is of all reasons (§6.3.3, last paragraph)'
  if (has(one, { scope: 'some reasons' }) && has(one, { scope: 'other reasons' }))
    return 'lists of some reasons are of all of them together; OpenSSL may stop at a third list'
  return has(one, { signer: 'namesake' })
    ? 'OpenSSL tries one list of the name, and not the one that its issuer signed'
    : null
}

test('the same verdict as OpenSSL’s, or another one with its reason', async () => {
  const all = sample(cases, {
    numRuns: rounds(25, 2000),
    ...(process.env.SALLYPORT_EXHAUSTIVE ? {} : { seed: 20_261_130 }),
  })
  const differences = new Map<string, number>()
  const unexplained: string[] = []
  let same = 0
  for (const one of all) {
    const card = cards[one.card]
    const { serial } = certificateIn(card.certificate)
    const lists = one.lists.map((list) => listOf(list, { issuer: root.self, namesake: namesake.self }, serial, issuer))
    const [ours, opinion] = [await judge(card, lists), await theirs(card, lists)]
    if ((ours.why === 'good') === (opinion === 'good')) same++
    else {
      const reason = reasonFor(one, ours, opinion)
      if (reason) differences.set(reason, (differences.get(reason) ?? 0) + 1)
      else unexplained.push(`we: ${ours.why} ${ours.detail}; OpenSSL: ${opinion}; ${JSON.stringify(one)}`)
    }
  }
  expect(unexplained).toEqual([])
  expect(same, JSON.stringify([...differences])).toBeGreaterThan(all.length * 0.75)
}, 900_000)
