import type { Logger } from 'pino'
import type { Secret } from '../../../../secrets/secret.ts'
import type { Handed, Sender } from '../sender.ts'
import { dial, type SmscAddress } from './dial.ts'
import { Link, RequestTimeout } from './link.ts'
import { bindRequest, messageIdIn, submission } from './messages.ts'
import { command, MalformedPdu, status as statuses } from './pdu.ts'
import { type DeliveryState, receiptIn } from './receipt.ts'

/** An operator's SMSC, reached by SMPP 3.4. */
export interface Smsc extends SmscAddress {
  readonly systemId: string
  readonly systemType: string
  readonly password: Secret<string>
}

const firstPauseMs = 1000
const longestPauseMs = 30_000
const statusOf = (status: number) => `SMPP status 0x${status.toString(16)}`

/** A sender that stays bound to the SMSC. After a lost connection it binds again, by itself and before each message. */
export function openSmpp(smsc: Smsc, from: string, log: Logger): Sender {
  let bound: Promise<Link> | null = null
  let pauseMs = firstPauseMs
  let closed = false
  const link = () => {
    bound ??= bind(smsc, log).then(
      (open) => {
        pauseMs = firstPauseMs
        void open.ended.then(again)
        return open
      },
      (error: unknown) => {
        again()
        throw error
      },
    )
    return bound
  }
  const keepBound = () => void link().catch((err: unknown) => log.warn({ err }, 'the SMSC cannot be bound to'))
  function again() {
    bound = null
    if (closed) return
    setTimeout(() => closed || keepBound(), pauseMs).unref()
    pauseMs = Math.min(pauseMs * 2, longestPauseMs)
  }
  keepBound()

  return {
    async send(text): Promise<Handed> {
      const open = await link().catch((error: unknown) => reasonOf(error))
      if (typeof open === 'string') return { is: 'refused', because: open }
      try {
        const { status, body } = await open.ask(command.submit, submission(text, from))
        return status === 0 ? { is: 'sent', message: messageIdIn(body) } : { is: 'refused', because: statusOf(status) }
      } catch (error) {
        if (error instanceof RequestTimeout) return { is: 'late', because: error.message }
        throw error
      }
    },
    async close() {
      closed = true
      const open = await bound?.catch(() => null)
      await open?.ask(command.unbind, Buffer.alloc(0)).catch(() => {})
      open?.end()
    },
  }
}

async function bind(smsc: Smsc, log: Logger): Promise<Link> {
  const open = new Link(await dial(smsc), (deliver) => tell(log, deliver))
  const login = { ...smsc, password: smsc.password.reveal() }
  const { status } = await open.ask(command.bindTransceiver, bindRequest(login)).catch((error: unknown) => {
    open.end()
    throw error
  })
  if (status === 0) return open
  open.end()
  throw new Error(statusOf(status))
}

const levels = { arrived: 'debug', 'under way': 'debug', lost: 'warn', unknown: 'info' } as const
const sentences: Readonly<Record<DeliveryState, string>> = {
  arrived: 'a text message arrived',
  'under way': 'a text message is under way',
  lost: 'a text message did not arrive',
  unknown: 'the SMSC does not say whether a text message arrived',
}

/** Logs a receipt, a lost message as a warning: no sign-in waits for receipts. Returns the status of the response. */
function tell(log: Logger, deliver: Buffer): number {
  try {
    const receipt = receiptIn(deliver)
    if (receipt) {
      const { message, state, outcome } = receipt
      log[levels[outcome]]({ message, state }, sentences[outcome])
    }
    return statuses.ok
  } catch (error) {
    if (!(error instanceof MalformedPdu)) throw error
    log.warn({ status: statusOf(error.status) }, 'the SMSC said something that cannot be read')
    return error.status
  }
}

const reasonOf = (error: unknown) => (error as NodeJS.ErrnoException).code ?? (error as Error).message
