import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll } from 'vitest'
import { needDebian } from '../debian.ts'
import type { Issued } from '../pki.ts'

const example = (name: string) => readFileSync(new URL(`../../examples/card-proxy/${name}`, import.meta.url), 'utf8')

interface Proxied {
  /** The proxy's own certificate, and those who issue cards (PEM). */
  readonly site: Pick<Issued, 'chain' | 'key'>
  readonly issuers: string
  /** The card host's port. */
  readonly port: number
  /** Changes the example's text. */
  readonly change?: (text: string) => string
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** The example's configuration, with the proxy's secret "shared", on a port of its own, which it gives. */
async function openProxy(
  file: string,
  command: (folder: string) => readonly string[],
  proxied: Proxied,
): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-proxy-'))
  const { site, issuers, change = (text) => text } = proxied
  const key = readFileSync(site.key, 'utf8')
  writeFileSync(join(folder, 'card.crt'), site.chain)
  writeFileSync(join(folder, 'card.key'), key)
  writeFileSync(join(folder, 'card.pem'), `${site.chain}${key}`)
  copyFileSync(issuers, join(folder, 'issuers.pem'))
  const port = await freePort()
  const text = change(example(file))
    .replace('SECRET', 'shared')
    .replace(/127\.0\.0\.1:8443/, `127.0.0.1:${proxied.port}`)
    .replace(/(listen |bind :)4443/, (_, word: string) => `${word.replace(':', '')}127.0.0.1:${port}`)
  writeFileSync(join(folder, file), text)
  const [program = '', ...args] = command(folder)
  const child = spawn(program, args, { cwd: folder, stdio: 'ignore' })
  afterAll(async () => {
    await stopped(child)
    rmSync(folder, { recursive: true, force: true })
  })
  for (let tries = 0; tries < 100 && child.exitCode === null; tries++) {
    if (await listensAt(port)) return port
    await wait(50)
  }
  throw new Error(`${program} does not listen.`)
}

async function stopped(child: ChildProcess) {
  if (child.exitCode !== null) return
  child.kill('SIGTERM')
  await once(child, 'exit')
}

const listensAt = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false))
    socket.on('connect', () => socket.destroy())
  })

export function openNginx(proxied: Proxied): Promise<number> {
  needDebian('/usr/sbin/nginx', 'nginx')
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((one) => `${one}_temp_path ${one};`).join(' ')
  const change = (text: string) => (proxied.change?.(text) ?? text).replace('http {', `http { access_log off; ${paths}`)
  const command = (folder: string) =>
    ['/usr/sbin/nginx', '-p', `${folder}/`, '-c', 'nginx.conf', '-e', 'error.log', '-g', 'daemon off;'] as const
  return openProxy('nginx.conf', command, { ...proxied, change })
}

export function openHaproxy(proxied: Proxied): Promise<number> {
  needDebian('/usr/sbin/haproxy', 'haproxy')
  return openProxy('haproxy.cfg', () => ['/usr/sbin/haproxy', '-f', 'haproxy.cfg', '-db'], proxied)
}
