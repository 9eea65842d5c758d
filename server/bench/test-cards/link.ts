import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { contracts } from '#shared/factors/index.ts'
import { canonical } from '#shared/username.ts'
import { type CardHostConfig, certificatesIn } from '../../factors/smartcard/card.ts'
import { keyHandleOf } from '../../factors/smartcard/handle.ts'
import type { PeopleFile } from '../../people/file.ts'
import type { Store } from '../../store/store.ts'
import { cardsFolder, testCards } from './cards.ts'

const factor = contracts.smartcard.id
const label = 'Test card'
/** How far the card host's port is from the issuer's: 4443 for 4000. */
const portsAway = 443

interface Parts {
  readonly store: Store
  readonly dataFolder: string
  readonly issuer: URL
  readonly people: PeopleFile
  readonly now: Date
}

/** The settings of a demo's card host. Makes a test authority where there is none, with a card for everybody. */
export async function demoCards({ store, dataFolder, issuer, people, now }: Parts): Promise<CardHostConfig> {
  const holders = people.map(({ username, name }) => ({ username, name: name ?? username }))
  const port = Number(issuer.port) + portsAway
  const card = testCards(dataFolder, holders, port < 65_536 ? port : 0, now)
  // The card of a person who has a password alone stays unlinked: a second factor would close the way to a first one.
  for (const { username, authenticators } of people)
    if (authenticators.length > 0) await link(store, username, cardsFolder(dataFolder), now.getTime())
  return card
}

async function link({ people, authenticators }: Store, username: string, folder: string, at: number): Promise<void> {
  const [certificate] = certificatesIn(readFileSync(join(folder, `${username}-good.crt`), 'utf8'))
  const person = await people.byName(canonical(username) ?? '')
  if (!certificate || !person) return
  const handle = keyHandleOf(certificate)
  const before = (await authenticators.list(person.id, factor)).find((one) => one.label === label)
  if (before?.handle === handle) return
  // A card of an earlier test authority is replaced.
  if (before) await authenticators.remove(before)
  await authenticators.add({ id: randomUUID(), account: person.id, factor, label, credential: { handle }, handle }, at)
}
