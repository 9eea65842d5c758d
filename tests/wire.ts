import { once } from 'node:events'
import { Agent, createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A port of loopback on which nothing listens. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

interface Answered {
  readonly status: number
  /** Whether the answer says that the connection closes (RFC 9112 §9.6). */
  readonly closes: boolean
  /** Whether the request went out on the connection of the one before. */
  readonly again: boolean
}

/** One connection to a server of loopback, as a proxy keeps it: it is used again unless an answer says that it closes. */
export function keptConnection(port: string) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  return {
    async send(
      method: string,
      path: string,
      headers: Readonly<Record<string, string>> = {},
      chunks: readonly Uint8Array[] = [],
    ): Promise<Answered> {
      const own = { host: `localhost:${port}`, ...headers }
      const sent = request({ agent, port, host: '127.0.0.1', path, method, headers: own })
      const answered = once(sent, 'response')
      for (const chunk of chunks) if (!sent.write(chunk)) await Promise.race([once(sent, 'drain'), answered])
      sent.end()
      const [response] = await answered
      await once(response.resume(), 'end')
      const { statusCode, headers: said } = response
      return { status: Number(statusCode), closes: said.connection === 'close', again: sent.reusedSocket }
    },
    close: () => agent.destroy(),
  }
}
