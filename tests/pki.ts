import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll } from 'vitest'

const run = promisify(execFile)

/** A certificate with its key, as files (PEM), and what its holder sends. */
export interface Issued {
  readonly certificate: string
  readonly key: string
  /** The certificate and those between it and the root: PEM, one after the other. */
  readonly chain: string
}

export interface Wanted {
  readonly subject?: string
  /** Lines of an OpenSSL extension section; what is not said is what a good card says. */
  readonly extensions?: readonly string[]
  /** Days from now. */
  readonly from?: number
  readonly until?: number
  readonly key?: readonly string[]
  /** A key that is there already: of a card that gets another certificate. */
  readonly keyFile?: string
  readonly digest?: string
  /** Hexadecimal; a random one where none is said. */
  readonly serial?: string
  /** A certificate signing request that is there already: of a key on a token. */
  readonly request?: string
}

export const smartcardLogon = '1.3.6.1.4.1.311.20.2.2'
export const cardExtensions = [
  'basicConstraints=critical,CA:FALSE',
  'keyUsage=critical,digitalSignature',
  'extendedKeyUsage=clientAuth',
]
const authorityExtensions = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign,cRLSign']
const p256 = ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256']

const dayMs = 24 * 3_600_000
/** As OpenSSL writes an instant. */
const instant = (days: number) =>
  `${new Date(Date.now() + days * dayMs).toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`

/** A folder of a test's own, gone at its end. */
export function folderForAll(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-pki-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A certification authority in a folder: OpenSSL's own, with its database. */
export class Authority {
  readonly self: Issued
  readonly #folder: string
  #issued = 0
  #last = Promise.resolve()

  private constructor(folder: string, self: Issued) {
    this.#folder = folder
    this.self = self
  }

  static async root(parent: string, name: string, wanted: Wanted = {}): Promise<Authority> {
    const folder = prepared(parent, name)
    const [certificate, key] = [join(folder, 'self.crt'), join(folder, 'self.key')]
    const { extensions = authorityExtensions, subject = `/O=Harbour/CN=${name}` } = wanted
    const request = join(folder, 'self.csr')
    await requestFor(request, key, subject)
    const authority = new Authority(folder, { certificate, key, chain: '' })
    await authority.#sign(request, certificate, subject, { from: -30, until: 3650, ...wanted, extensions }, '-selfsign')
    return authority
  }

  /** What the holder of a certificate can sign, whether they may or not. */
  static below(parent: string, name: string, self: Issued): Authority {
    return new Authority(prepared(parent, name), self)
  }

  /** One below this one. */
  async authority(name: string, wanted: Wanted = {}): Promise<Authority> {
    const folder = prepared(this.#folder, name)
    const self = await this.issue({ subject: `/O=Harbour/CN=${name}`, extensions: authorityExtensions, ...wanted })
    return new Authority(folder, self)
  }

  async issue(wanted: Wanted = {}): Promise<Issued> {
    const at = join(this.#folder, String(this.#issued++))
    const { extensions = cardExtensions, subject = '/O=Harbour/CN=Ada Lovelace' } = wanted
    const { keyFile, request = `${at}.csr` } = wanted
    const [certificate, key] = [`${at}.crt`, keyFile ?? `${at}.key`]
    if (!wanted.request) await requestFor(request, key, subject, keyFile ? null : (wanted.key ?? p256))
    await this.#sign(request, certificate, subject, { ...wanted, extensions })
    return { certificate, key, chain: `${readFileSync(certificate, 'utf8')}${this.self.chain}` }
  }

  #sign(request: string, certificate: string, subject: string, wanted: Wanted, ...more: readonly string[]) {
    const { extensions = [], from = -1, until = 30, digest = 'sha256', serial } = wanted
    const names = ['-in', request, '-out', certificate, '-subj', subject, '-extensions', 'wanted']
    const dates = ['-startdate', instant(from), '-enddate', instant(until)]
    const number = serial ? `serial = ${this.#folder}/${serial}` : 'rand_serial = yes'
    if (serial) writeFileSync(join(this.#folder, serial), serial)
    return this.#ca(
      { extensions, number },
      '-batch',
      '-notext',
      '-utf8',
      '-preserveDN',
      ...names,
      ...dates,
      '-md',
      digest,
      ...more,
    )
  }

  revoke({ certificate }: Issued): Promise<void> {
    return this.#ca({}, '-revoke', certificate)
  }

  /** Its list of what is revoked, good for so many seconds; the file that it was written to. */
  async list(file: string, seconds = 3600, extensions: readonly string[] = []): Promise<string> {
    await this.#ca(
      { extensions },
      '-gencrl',
      '-out',
      file,
      '-crlsec',
      String(seconds),
      ...(extensions.length > 0 ? ['-crlexts', 'wanted'] : []),
    )
    return file
  }

  /** What `openssl ocsp` answers from. */
  get index(): string {
    return join(this.#folder, 'index.txt')
  }

  /** One after the other: the database is a file. */
  #ca(wanted: Configured, ...args: readonly string[]): Promise<void> {
    const done = this.#last.then(() => this.#run(wanted, args))
    this.#last = done.catch(() => {})
    return done
  }

  async #run(wanted: Configured, args: readonly string[]) {
    const { certificate, key } = this.self
    const config = configOf(this.#folder, `ca${this.#issued}`, wanted)
    const issuer = args.includes('-selfsign') ? [] : ['-cert', certificate]
    await openssl('ca', '-config', config, ...issuer, '-keyfile', key, ...args)
  }
}

/** A signing request of this key; of a new one, which is written there, where it says of which kind. */
function requestFor(request: string, key: string, subject: string, kind: readonly string[] | null = p256) {
  const of = kind ? ['-newkey', ...kind, '-nodes', '-keyout', key] : ['-key', key]
  return openssl('req', '-new', ...of, '-out', request, '-utf8', '-subj', subject)
}
const openssl = async (...args: readonly string[]): Promise<void> => void (await run('openssl', args))

function prepared(parent: string, name: string): string {
  const folder = join(parent, name)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'index.txt'), '')
  writeFileSync(join(folder, 'index.txt.attr'), 'unique_subject = no\n')
  return folder
}

interface Configured {
  readonly extensions?: readonly string[]
  /** Where the serial number comes from. */
  readonly number?: string
}

function configOf(folder: string, name: string, { extensions = [], number = 'rand_serial = yes' }: Configured): string {
  const file = join(folder, `${name}.cnf`)
  const ca = [
    `database = ${folder}/index.txt`,
    `new_certs_dir = ${folder}`,
    number,
    'default_md = sha256',
    'policy = any',
    'email_in_dn = yes',
  ]
  const any = ['O', 'OU', 'CN', 'emailAddress'].map((field) => `${field} = optional`)
  const sections = [
    '[ca]',
    'default_ca = here',
    '[here]',
    ...ca,
    '[any]',
    ...any,
    '[req]',
    'distinguished_name = dn',
    '[dn]',
    '[wanted]',
    ...extensions,
  ]
  writeFileSync(file, `${sections.join('\n')}\n`)
  return file
}

/** The certificates in a text, the first one first. */
export const dersIn = (pem: string): readonly Buffer[] =>
  [...pem.matchAll(/-----BEGIN CERTIFICATE-----([\s\S]+?)-----END/g)].map(([, text = '']) =>
    Buffer.from(text, 'base64'),
  )
