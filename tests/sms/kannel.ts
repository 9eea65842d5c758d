import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { needDebian } from '../debian.ts'

needDebian('/usr/lib/kannel/test/fakesmsc', 'kannel', 'kannel-extras')

async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, '127.0.0.1')
      await once(server, 'listening')
      return server
    }),
  )
  const ports = servers.map((server) => (server.address() as AddressInfo).port)
  for (const server of servers) server.close()
  return ports
}

async function listening(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, '127.0.0.1')
    const open = await once(socket, 'connect').then(
      () => true,
      () => false,
    )
    socket.destroy()
    if (open) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

async function stopped(children: readonly ChildProcess[]): Promise<void> {
  for (const child of children) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }
}

/** Kannel from Debian, on loopback ports of its own: texts go in by HTTP, and out to an SMSC of the kind that is given. */
export async function kannel(smsc: (port: number) => string) {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-kannel-'))
  const [admin = 0, box = 0, http = 0, phones = 0] = await freePorts(4)
  const file = join(folder, 'kannel.conf')
  writeFileSync(
    file,
    `group = core
admin-port = ${admin}
admin-interface = 127.0.0.1
admin-password = x
smsbox-port = ${box}
box-allow-ip = 127.0.0.1
box-deny-ip = "*.*.*.*"

group = smsc
${smsc(phones)}

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = ${http}
sendsms-interface = 127.0.0.1

group = sendsms-user
username = sallyport
password = a-secret-of-kannel
`,
  )
  let boxes: ChildProcess[] = []
  const run = (program: string) => boxes.push(spawn(program, [file], { stdio: 'ignore' }))
  return {
    phones,
    url: `http://127.0.0.1:${http}/cgi-bin/sendsms?username=sallyport&password=a-secret-of-kannel&validity=5&from={from}&to={to}&text={text}`,
    async start() {
      run('bearerbox')
      await listening(box)
      run('smsbox')
      await listening(http)
    },
    /** It takes connections, and answers none, until it goes on. */
    hang: () => void boxes.at(-1)?.kill('SIGSTOP'),
    goOn: () => void boxes.at(-1)?.kill('SIGCONT'),
    async stop() {
      await stopped(boxes)
      boxes = []
    },
    async end() {
      await stopped(boxes)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Kannel's SMSC for tests: what it was given to deliver. */
export function fakeSmsc(port: number) {
  // Its standard input stays open: at the end of it, it goes.
  const child = spawn('/usr/lib/kannel/test/fakesmsc', ['-H', '127.0.0.1', '-r', String(port), '-m', '0'])
  let said = ''
  child.stderr.on('data', (chunk) => {
    said += chunk
  })
  return {
    /** The codes in the last lines of the texts, in order. */
    codes: () => [...said.matchAll(/<@localhost #(\d{6})>/g)].map(([, code = '']) => code),
    numbers: () => [...said.matchAll(/<Sallyport (\+\d+) text \d{6} is your localhost code/g)].map(([, to]) => to),
    stop: () => stopped([child]),
  }
}
