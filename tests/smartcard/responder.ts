import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll } from 'vitest'
import type { Authority, Issued } from '../pki.ts'

const run = promisify(execFile)

export interface Site {
  readonly origin: string
  readonly host: string
  /** The paths that were asked for. */
  readonly asked: string[]
}

/** A web server of a test's own; a handler that gives null leaves its visitor waiting, and one that drips never ends. */
export async function siteForAll(
  answer: (path: string, body: Buffer) => Promise<Buffer | number | 'drip' | null>,
): Promise<Site> {
  const asked: string[] = []
  const server: Server = createServer(async (req, res) => {
    asked.push(req.url ?? '')
    const answered = await answer(req.url ?? '', Buffer.concat(await req.toArray()))
    if (answered === 'drip') {
      const dripping = setInterval(() => res.write('x'), 50)
      res.on('close', () => clearInterval(dripping))
    } else if (typeof answered === 'number') res.writeHead(answered, { location: '/elsewhere' }).end()
    else if (answered) res.end(answered)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { origin: `http://127.0.0.1:${port}`, host: `127.0.0.1:${port}`, asked }
}

/** What `openssl ocsp` answers to a question, signed by this one. */
export async function answered(
  folder: string,
  { index, self }: Authority,
  signer: Pick<Issued, 'certificate' | 'key'>,
  question: Buffer,
  ...more: readonly string[]
): Promise<Buffer> {
  const name = join(folder, crypto.randomUUID())
  writeFileSync(`${name}.req`, question)
  const who = ['-index', index, '-CA', self.certificate, '-rsigner', signer.certificate, '-rkey', signer.key]
  await run('openssl', ['ocsp', ...who, '-reqin', `${name}.req`, '-respout', `${name}.resp`, '-nmin', '5', ...more])
  return readFileSync(`${name}.resp`)
}

/** A question about a certificate, as `openssl ocsp` asks it. */
export async function question(
  folder: string,
  { self }: Authority,
  { certificate }: Issued,
  ...more: readonly string[]
) {
  const file = join(folder, crypto.randomUUID())
  await run('openssl', ['ocsp', '-issuer', self.certificate, '-cert', certificate, '-reqout', file, ...more])
  return readFileSync(file)
}
