import type { Socket } from 'node:net'
import { patienceMs } from '../sender.ts'
import { answerTo, command, cString, isAnswer, type Pdu, readPdu, unknownCommand, writePdu } from './pdu.ts'

/** Thrown without an answer in time: the request may or may not have been carried out. */
export class RequestTimeout extends Error {}

const enquireEveryMs = 30_000
const nothing = Buffer.alloc(0)

/** One connection to an SMSC: requests with a bounded wait for their responses, and the SMSC's own requests. */
export class Link {
  readonly ended: Promise<void>
  readonly #socket: Socket
  readonly #heard: (deliver: Buffer) => number
  readonly #waiting = new Map<number, (answer: Pdu | null) => void>()
  #sequence = 0
  #unread: Buffer = nothing

  /** `heard` takes the body of a deliver_sm, and returns the status of the response. */
  constructor(socket: Socket, heard: (deliver: Buffer) => number) {
    this.#socket = socket
    this.#heard = heard
    const alive = setInterval(() => void this.ask(command.enquireLink, nothing).catch(() => this.end()), enquireEveryMs)
    alive.unref()
    socket.on('error', () => {}).on('data', (bytes: Buffer) => this.#take(bytes))
    this.ended = new Promise((resolve) => {
      socket.on('close', () => {
        clearInterval(alive)
        for (const answered of this.#waiting.values()) answered(null)
        resolve()
      })
    })
  }

  /** Rejects with {@link RequestTimeout}. */
  ask(command: number, body: Buffer): Promise<Pdu> {
    this.#sequence = (this.#sequence % 0x7fff_ffff) + 1
    const sequence = this.#sequence
    return new Promise((resolve, reject) => {
      const settle = (answer: Pdu | null) => {
        clearTimeout(late)
        this.#waiting.delete(sequence)
        if (answer) resolve(answer)
        else reject(new RequestTimeout('There was no answer.'))
      }
      const late = setTimeout(() => settle(null), patienceMs)
      this.#waiting.set(sequence, settle)
      if (this.#socket.destroyed) settle(null)
      else this.#say({ command, status: 0, sequence, body })
    })
  }

  end(): void {
    this.#socket.destroy()
  }

  #say(pdu: Pdu): void {
    this.#socket.write(writePdu(pdu))
  }

  #take(bytes: Buffer): void {
    try {
      const { pdus, rest } = readPdu(Buffer.concat([this.#unread, bytes]))
      this.#unread = rest
      for (const pdu of pdus) this.#hear(pdu)
    } catch {
      this.end()
    }
  }

  #hear(pdu: Pdu): void {
    if (isAnswer(pdu)) this.#waiting.get(pdu.sequence)?.(pdu)
    else if (pdu.command === command.enquireLink) this.#say(answerTo(pdu))
    else if (pdu.command === command.deliver) this.#say(answerTo(pdu, cString(''), this.#heard(pdu.body)))
    else if (pdu.command === command.unbind) {
      this.#say(answerTo(pdu))
      this.#socket.end()
    } else this.#say(unknownCommand(pdu))
  }
}
