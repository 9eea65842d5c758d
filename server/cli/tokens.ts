import { canonical } from '#shared/username.ts'
import { storeSettingsOf } from '../config/store-settings.ts'
import { OperatorError } from '../operator/operator-error.ts'
import { readFile, readText } from '../operator/yaml-file.ts'
import { keysFor } from '../secrets/keys.ts'
import { type Seal, sealWith } from '../secrets/seal.ts'
import { openStore } from '../store/open.ts'
import type { Store } from '../store/store.ts'
import { readCsv } from '../token-seeds/csv.ts'
import { readPskc } from '../token-seeds/pskc.ts'
import { resync } from '../token-seeds/resync.ts'
import { repeatedSerials, type SeedFault, type SeedKey, type Seeds } from '../token-seeds/seed.ts'
import { handOut, labelOf, type Owned, stockUp } from '../token-seeds/stock.ts'
import { issuerOf, type Options, settingsOf } from './options.ts'

export interface ImportOptions extends Options {
  readonly keyFile?: string
  readonly passwordFile?: string
  readonly partial?: boolean
}

/**
 * `sallyport tokens import FILE`: a maker's seed file into the stock, or to the people that it names: all of it or
 * nothing, and with --partial what can be.
 */
export async function tokensImport(file: string, options: ImportOptions): Promise<void> {
  const partial = options.partial === true
  const text = readText(file)
  const read = /^\s*</.test(text) ? readPskc(text, keyIn(options), new Date()) : readCsv(text)
  const left = await withStore(options, async (store, seal) => {
    const { seeds, faults } = await ownedOf(store, read)
    if (faults.length > 0 && (!partial || seeds.length === 0))
      throw new OperatorError(faults.map((fault) => said(file, fault)).join('\n'))
    const taken = await stockUp(store, seal, seeds, { now: Date.now(), partial })
    if (!partial && taken.length > 0)
      throw new OperatorError(`${file}: here already: ${taken.join(', ')}. Nothing was imported.`)
    process.stdout.write(`${seeds.length - taken.length} imported.\n`)
    return [...faults, ...taken.map((serial) => ({ at: serial, message: 'It is here already.' }))]
  })
  for (const fault of left) process.stderr.write(`${said(file, fault)}\n`)
  if (left.length > 0) process.stderr.write(`${left.length} left out.\n`)
}

const said = (file: string, { at, message }: SeedFault) => `${file}: ${at}: ${message}`

/** The owner of each seed. A serial that stands twice, or a person who is not here, is a fault. */
async function ownedOf(store: Store, read: Seeds): Promise<{ seeds: readonly Owned[]; faults: readonly SeedFault[] }> {
  const seeds: Owned[] = []
  const faults = [...read.faults]
  const twice = repeatedSerials(read.seeds.map(({ serial }) => serial))
  for (const { serial, device, person } of read.seeds) {
    const owner = person === null ? null : await store.people.byName(canonical(person) ?? '')
    if (twice.has(serial)) faults.push({ at: serial, message: 'It is twice in this file.' })
    else if (person !== null && !owner) faults.push({ at: serial, message: `There is nobody called "${person}".` })
    else seeds.push({ serial, device, owner })
  }
  return { seeds, faults }
}

/**
 * `sallyport tokens resync USERNAME CODE FOLLOWING`: brings back a hardware token that is further ahead than a sign-in
 * looks.
 */
export async function tokensResync(username: string, codes: readonly [string, string], options: Options) {
  const { token, ahead } = await withStore(options, (store) => resync(store, username, codes, new Date()))
  process.stdout.write(`"${token}" of ${username} is in step again: it was ${ahead} ahead.\n`)
}

/** `sallyport tokens assign SERIAL USERNAME`: hands a hardware token out of the stock to somebody. */
export async function tokensAssign(serial: string, username: string, options: Options & { label?: string }) {
  await withStore(options, async (store, seal) => {
    const person = await store.people.byName(canonical(username) ?? '')
    if (!person) throw new OperatorError(`There is nobody called "${username}".`)
    const label = options.label || labelOf(serial)
    if (!(await handOut(store, seal, serial, person, label, Date.now())))
      throw new OperatorError(`There is no token ${serial} to hand out: import it, or it is somebody's.`)
  })
  process.stdout.write(`Token ${serial} is ${username}'s.\n`)
}

function keyIn({ keyFile, passwordFile }: ImportOptions): SeedKey | null {
  if (passwordFile) return { is: 'passphrase', text: readText(passwordFile).replace(/\r?\n$/, '') }
  if (!keyFile) return null
  const bytes = readFile(keyFile)
  const hex = bytes.toString('latin1').trim()
  return { is: 'key', bytes: /^([0-9a-f]{2}){16,32}$/i.test(hex) ? Buffer.from(hex, 'hex') : bytes }
}

async function withStore<T>(options: Options, work: (store: Store, seal: Seal) => Promise<T>): Promise<T> {
  const { config, dataFolder, port } = settingsOf(options)
  const keys = await keysFor(config, dataFolder, issuerOf(config, port), new Date())
  const store = await openStore(storeSettingsOf(config), dataFolder, keys.storage)
  try {
    return await work(store, sealWith(keys.storage.reveal(), 'tokens'))
  } finally {
    await store.close()
  }
}
