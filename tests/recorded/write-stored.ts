import { writtenPattern as written } from '#server/factors/grid/pattern.ts'
import { ada, nowhere } from '../people/people.ts'
import { atTheVault, cardsOf, enrolments, pattern } from './factors.ts'
import { read, readText } from './mapping.ts'
import { pressed, texted } from './people-carry.ts'
import { carl, lise, serverAt } from './recorded-server.ts'
import { writeDown } from './stored.ts'
import { Walker } from './walker.ts'

const claimsIn = (token = '..') => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())

/** A house in the middle of its work, of the code that runs now. */
export async function writeStored(folder: string): Promise<void> {
  const server = await serverAt(Date.UTC(2026, 10, 30, 12), folder, nowhere)
  const walker = new Walker(server, nowhere.harbour)
  const carried = await enrolments(walker, await cardsOf(walker, folder))
  const pressedOnce = await atTheVault(walker, 'token')
  await pressedOnce.answer({ code: pressed(1) })

  const session = await walker.at('harbour', { scope: 'openid profile' })
  await session.name(ada.username)
  await session.answer({ password: ada.password })
  const tokens = await session.tokens('harbour')
  const allowing = await walker.at('travel', {}, session.browser)
  await allowing.act('agree')
  await allowing.tokens('travel')

  const underWay = await atTheVault(walker, 'grid')
  const sent = await atTheVault(walker, 'sms')
  const text = texted(server)
  const aside = await atTheVault(walker, 'sms')
  await aside.choose('totp')
  const offered = await walker.at('pass')
  const finished = await walker.at('harbour')
  await finished.name(ada.username)
  await finished.answer({ password: ada.password })
  const enrolling = await walker.at('inline')
  await enrolling.name(lise.username)
  await enrolling.answer({ password: lise.password })
  await enrolling.act('enrol', { factor: 'totp' })
  const locked = await walker.at('treasury')
  await locked.name(carl.username)
  for (let time = 0; time < 3; time++) await locked.answer({ password: 'no password of his' })
  const begun = await walker.bench('/people/grace/enrolments', { factor: 'totp' })

  const keyed = await walker.at('keys')
  await keyed.name(ada.username)
  await keyed.answer({ password: ada.password })
  // A code is good for a minute: nothing is waited for after it.
  const silent = await session.browser.follow(walker.address('harbour', { prompt: 'none' }))

  const claims = claimsIn(tokens.id_token)
  await writeDown(
    server,
    { session, underWay, texted: sent, aside, offered, keyed, finished, enrolling, locked },
    carried.passkey,
    {
      sub: claims.sub,
      authTime: String(claims.auth_time),
      refresh: String(tokens.refresh_token),
      access: String(tokens.access_token),
      code: new URL(silent.url).searchParams.get('code') ?? '',
      pattern: written(pattern),
      text,
      asideText: texted(server),
      adas: carried.app.secret,
      recoveryCode: carried.codes[0] ?? '',
      graces: String(read(begun, 'prompt.secret')),
      enrolment: readText(begun, 'id'),
      enrolmentRevision: String(read(begun, 'revision')),
      lockedUntil: readText(locked.view, 'refusal.until'),
    },
  )
}
