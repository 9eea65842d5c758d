import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'

/** What the card host behind a proxy answers, to headers that stand in a request as they are. */
export async function directly(
  door: string,
  headers: readonly (readonly [string, string])[],
): Promise<{ readonly status: number; readonly location: string | null }> {
  const { port, search } = new URL(door)
  const req = request(`http://127.0.0.1:${port}/${search}`, {
    headers: ['Host', 'card.localhost', ...headers.flat()],
  }).end()
  const [res] = (await once(req, 'response')) as [IncomingMessage]
  res.resume()
  return { status: res.statusCode ?? 0, location: res.headers.location ?? null }
}
