import { canonical } from '../canonical.ts'
import { readFile, readText } from '../config/document.ts'
import { keysFor } from '../keys.ts'
import { Refused } from '../refused.ts'
import { issuerOf, type Options, settingsOf } from '../settings.ts'
import { openStore } from '../store/open.ts'
import { type Seal, sealWith } from '../store/seal.ts'
import type { Store } from '../store/store.ts'
import { readCsv } from '../tokens/csv.ts'
import { readPskc } from '../tokens/pskc.ts'
import type { SeedKey } from '../tokens/seed.ts'
import { handOut, stock } from '../tokens/stock.ts'

interface ImportOptions extends Options {
  readonly keyFile?: string
  readonly passwordFile?: string
}

/** `sallyport tokens import FILE`: a maker's seed file into the drawer, all or nothing. */
export async function tokensImport(file: string, options: ImportOptions): Promise<void> {
  const text = readText(file)
  const read = /^\s*</.test(text) ? readPskc(text, keyIn(options), new Date()) : readCsv(text)
  if (!read.ok) throw new Refused(read.faults.map(({ at, message }) => `${file}: ${at}: ${message}`).join('\n'))
  const serials = read.seeds.map(({ serial }) => serial)
  const twice = serials.filter((serial, at) => serials.indexOf(serial) !== at)
  if (twice.length > 0) throw new Refused(`${file}: twice in this file: ${twice.join(', ')}`)
  await withStore(options, async (store, seal) => {
    const taken = await stock(store, seal, read.seeds, Date.now())
    if (taken.length > 0) throw new Refused(`${file}: here already: ${taken.join(', ')}. Nothing was imported.`)
  })
  process.stdout.write(`${serials.length} imported.\n`)
}

/** `sallyport tokens assign SERIAL USERNAME`: out of the drawer, into somebody's hand. */
export async function tokensAssign(serial: string, username: string, options: Options & { label?: string }) {
  await withStore(options, async (store, seal) => {
    const person = await store.people.named(canonical(username) ?? '')
    if (!person) throw new Refused(`There is nobody called "${username}".`)
    const label = options.label || `Token ${serial}`
    if (!(await handOut(store, seal, serial, person, label, Date.now())))
      throw new Refused(`There is no token ${serial} to hand out: import it, or it is somebody's.`)
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

async function withStore(options: Options, work: (store: Store, seal: Seal) => Promise<void>): Promise<void> {
  const { config, dataFolder, port } = settingsOf(options)
  const keys = await keysFor(config, dataFolder, issuerOf(config, port), new Date())
  const store = await openStore(config, dataFolder, keys.storage)
  try {
    await work(store, sealWith(keys.storage.reveal(), 'tokens'))
  } finally {
    await store.close()
  }
}
