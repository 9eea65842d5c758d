import { afterAll, expect, test } from 'vitest'
import { everyPost, withAdmin } from '../posts.ts'
import { serverForAll } from '../test-server.ts'
import { freePort } from '../wire.ts'
import { openNginx } from './nginx.ts'

// A proxy that keeps its connections to us: what one person sends never costs another an answer.

const server = await serverForAll(withAdmin)
const posts = await everyPost(server)
const port = await freePort()
const nginx = await openNginx(port, `127.0.0.1:${new URL(server.issuer).port}`)
afterAll(() => nginx.stop())

const there = `http://127.0.0.1:${port}`
const host = new URL(server.issuer).host
const sent = (path: string, headers: Readonly<Record<string, string>>, body: string) =>
  fetch(there + path, { method: 'POST', headers: { host, 'content-type': 'application/json', ...headers }, body })

test('after a body that is too long, the next person’s request is answered, at every door', async () => {
  const body = 'a'.repeat(1_500_000)
  for (const { path, headers } of posts) {
    const long = await sent(path, headers, body)
    expect([path, long.status >= 400 && long.status < 500]).toEqual([path, true])
    // A POST is never sent again by the proxy: it is answered 502 when the kept connection turns out to be cut.
    const next = await sent('/sign-in/nobody/identify', {}, '{}')
    expect([path, next.status]).toEqual([path, 410])
  }
})
