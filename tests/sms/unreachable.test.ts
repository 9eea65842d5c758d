import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { hurried } from '../hurried.ts'
import { givePhone, texting, withPassword } from '../phones.ts'
import { Authority, folderForAll } from '../pki.ts'
import { openTestServer } from '../test-server.ts'

// A gateway that no connection stood to was handed nothing: its texts are refused, not late, and cost nobody any of the day's.

/** A port that a connection to hangs at: a stopped process whose queue of connections is full. */
async function fullPort() {
  const program =
    "require('node:net').createServer().listen({port:0,host:'127.0.0.1',backlog:1},function(){console.log(this.address().port)})"
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'ignore'] })
  afterAll(() => void child.kill('SIGKILL'))
  const [line] = await once(child.stdout, 'data')
  child.kill('SIGSTOP')
  const port = Number(line)
  const waiting: Socket[] = []
  for (let isFull = false; !isFull; ) {
    const socket = connect(port, '127.0.0.1').on('error', () => {})
    waiting.push(socket)
    isFull = !(await Promise.race([once(socket, 'connect'), sleep(200)]))
  }
  afterAll(() => {
    for (const socket of waiting) socket.destroy()
  })
  return port
}

/** A server with a certificate of an authority that nobody trusts; it counts what it is asked. */
async function untrusted() {
  const authority = await Authority.root(folderForAll(), 'Nobody’s')
  const { certificate, key } = await authority.issue({
    subject: '/CN=localhost',
    extensions: ['subjectAltName=DNS:localhost'],
  })
  let asked = 0
  const server = createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, () => {
    asked += 1
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  afterAll(() => server.close())
  return { port: (server.address() as AddressInfo).port, asked: () => asked }
}

const [full, distrusted] = [await fullPort(), await untrusted()]

/** Five sign-ins at once, as many as may be sent texts in a day. */
async function fiveTimes(url: string) {
  const server = await openTestServer(texting(`{ countries: [CH], sender: { http: { url: '${url}', sent: '^ok' } } }`))
  const account = await givePhone(server, 'ada')
  const texted = async () => {
    const { choice, text } = await withPassword(server)
    return (await text(choice)).refusal?.code
  }
  const told = await Promise.all(Array.from({ length: 5 }, texted))
  const counted = await server.app.context.store.attempts.get(`texts to ${account}`)
  await server.stop()
  return { told: new Set(told), counted: counted?.failures }
}
const nothing = { told: new Set(['text-not-sent']), counted: 0 }

test('a port that accepts nothing', async () => {
  const { result, waits } = await hurried(() => fiveTimes(`http://127.0.0.1:${full}/`))
  expect([result, waits]).toEqual([nothing, 5])
})

test('a certificate that is not trusted', async () => {
  expect(await fiveTimes(`https://localhost:${distrusted.port}/`)).toEqual(nothing)
  expect(distrusted.asked()).toBe(0)
})
