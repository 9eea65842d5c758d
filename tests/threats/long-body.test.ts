import { expect, test } from 'vitest'
import { everyPost, withAdmin } from '../posts.ts'
import { serverForAll } from '../test-server.ts'
import { keptConnection } from '../wire.ts'

// The attack: bodies that are too long, sent through a proxy that keeps its connections: each cuts the connection after its
// answer, and whoever's request comes next on it gets the proxy's 502.

const server = await serverForAll(withAdmin)
const posts = await everyPost(server)
const { port } = new URL(server.issuer)

const types = ['application/json', 'application/x-www-form-urlencoded', 'text/plain']
const framings = ['with its length', 'in chunks'] as const
const sizes = { '200 kB': 200, '3 MB': 3000 }

test.each(
  types.flatMap((type) =>
    framings.flatMap((framing) => Object.entries(sizes).map(([size, kB]) => [size, framing, type, kB] as const)),
  ),
)('%s %s, as %s: the next request on the connection is answered, at every door', async (_size, framing, type, kB) => {
  const chunks = Array.from({ length: kB / 50 }, () => Buffer.alloc(50_000, 'a'))
  const framed = framing === 'in chunks' ? { 'transfer-encoding': 'chunked' } : { 'content-length': String(kB * 1000) }
  for (const { path, headers } of posts) {
    const { send, close } = keptConnection(port)
    const long = await send('POST', path, { ...headers, 'content-type': type, ...framed }, chunks)
    expect([path, long.status >= 400 && long.status < 500]).toEqual([path, true])
    for (let next = 0; next < 3; next++) {
      const { status, again } = await send('GET', '/healthz')
      expect([path, status, next > 0 || again]).toEqual([path, 200, next > 0 || !long.closes])
    }
    close()
  }
})

test('of a body without an end so much is read; then the answer says that the connection closes', async () => {
  for (const { path, headers } of posts) {
    const { send, close } = keptConnection(port)
    const framed = { 'content-type': 'text/plain', 'content-length': String(10 ** 12) }
    const { status, closes } = await send('POST', path, { ...headers, ...framed }, [Buffer.alloc(6_000_000)])
    expect([path, status >= 400 && status < 500, closes]).toEqual([path, true, true])
    close()
  }
})
