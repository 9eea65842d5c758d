import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { patienceMs } from '../sender.ts'

export interface SmscAddress {
  readonly host: string
  readonly port: number
  readonly tls: boolean
}

/** Opens a connection; rejects with the system's own error without a listener, or without an answer in time. */
export async function dial({ host, port, tls }: SmscAddress): Promise<Socket> {
  const socket = tls ? connectTls({ host, port, servername: host }) : connect({ host, port })
  try {
    await once(socket, tls ? 'secureConnect' : 'connect', { signal: AbortSignal.timeout(patienceMs) })
    return socket
  } catch (error) {
    socket.destroy()
    throw error
  }
}
