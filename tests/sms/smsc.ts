import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'

/** SMPP 3.4 from the other side, written for itself: Kannel talks to it too. */
export interface Delivered {
  readonly from: string
  readonly to: string
  readonly text: string
  readonly coding: number
  readonly validity: string
  /** What it is called in a receipt. */
  readonly id: string
}
/** What it does with what it is asked. */
export type Mood = 'good' | 'deaf' | 'dead' | 'throttled' | 'closed'

const bind = [1, 2, 9]
const submit = 4
const deliver = 5
const enquire = 0x15
const answerBit = 0x8000_0000
const throttled = 0x58
const bindFailed = 0x0d
const statusIn = (mood: Mood, command: number) =>
  mood === 'throttled' && command === submit ? throttled : mood === 'closed' && bind.includes(command) ? bindFailed : 0

export async function openSmsc(port = 0) {
  const sockets = new Set<Socket>()
  const delivered: Delivered[] = []
  const seen: number[] = []
  const statuses: number[] = []
  const state = { mood: 'good' as Mood }
  const server = createServer((socket) => {
    sockets.add(socket)
    let unread = Buffer.alloc(0)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
    socket.on('data', (bytes: Buffer) => {
      unread = Buffer.concat([unread, bytes])
      while (unread.length >= 16 && unread.length >= unread.readUInt32BE(0)) {
        const pdu = unread.subarray(0, unread.readUInt32BE(0))
        unread = unread.subarray(pdu.length)
        hear(socket, pdu)
      }
    })
  })
  function hear(socket: Socket, pdu: Buffer) {
    const command = pdu.readUInt32BE(4)
    seen.push(command)
    if (command === deliver + answerBit) statuses.push(pdu.readUInt32BE(8))
    const ignores = state.mood === 'dead' || (state.mood === 'deaf' && command === submit)
    if (command >= answerBit || ignores) return
    const status = statusIn(state.mood, command)
    const id = randomUUID()
    if (command === submit && status === 0) delivered.push({ id, ...submitted(pdu.subarray(16)) })
    const body = command === enquire ? '' : `${id}\0`
    socket.write(framed(command + answerBit, status, pdu.readUInt32BE(12), Buffer.from(body)))
  }
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    state,
    delivered,
    seen,
    /** How each deliver_sm was answered. */
    statuses,
    /** In one piece or in many. */
    say: (command: number, body: Buffer, pieces = 1) => {
      const bytes = framed(command, 0, 77, body)
      for (const socket of sockets)
        for (let at = 0; at < pieces; at++)
          socket.write(bytes.subarray((at * bytes.length) / pieces, ((at + 1) * bytes.length) / pieces))
    },
    raw: (bytes: Buffer) => sockets.forEach((socket) => void socket.write(bytes)),
    cut: () => sockets.forEach((socket) => void socket.destroy()),
    connections: () => sockets.size,
    async stop() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

function framed(command: number, status: number, sequence: number, body: Buffer) {
  const head = Buffer.alloc(16)
  head.writeUInt32BE(16 + body.length, 0)
  head.writeUInt32BE(command, 4)
  head.writeUInt32BE(status, 8)
  head.writeUInt32BE(sequence, 12)
  return Buffer.concat([head, body])
}

/** SMPP 3.4 §4.4.1. */
function submitted(body: Buffer): Omit<Delivered, 'id'> {
  let at = 0
  const byte = () => body[at++] ?? 0
  const string = () => {
    const from = at
    while (byte() !== 0);
    return body.toString('latin1', from, at - 1)
  }
  const address = () => {
    const kind = byte()
    byte()
    return (kind === 1 ? '+' : '') + string()
  }
  string()
  const [from, to] = [address(), address()]
  at += 3
  string()
  const validity = string()
  at += 2
  const coding = byte()
  at += 1
  const length = byte()
  const octets = length > 0 ? body.subarray(at, at + length) : body.subarray(at + 4, at + 4 + body.readUInt16BE(at + 2))
  const text = coding === 8 ? Buffer.from(octets).swap16().toString('utf16le') : gsm(octets)
  return { from, to, text, coding, validity }
}

/** 3GPP TS 23.038: what differs from ASCII in what we send and expect. */
const unlike: Readonly<Record<number, string>> = { 0: '@', 2: '$', 5: 'é', 17: '_' }
const escaped: Readonly<Record<number, string>> = { 101: '€', 40: '{', 41: '}' }
function gsm(octets: Buffer): string {
  let text = ''
  for (let at = 0; at < octets.length; at++) {
    const septet = octets[at] ?? 0
    if (septet === 0x1b) text += escaped[octets[++at] ?? 0] ?? '?'
    else text += unlike[septet] ?? String.fromCharCode(septet)
  }
  return text
}
