import {
  browserSupportsWebAuthn,
  browserSupportsWebAuthnAutofill,
  sendSignal,
  startAuthentication,
  startRegistration,
  WebAuthnAbortService,
} from '@simplewebauthn/browser'
import type { Answer, EnrolmentAnswer, EnrolmentPrompt, Prompt, Told } from '#shared/factors/index.ts'
import type { Message } from '../../text/text.tsx'
import type { UnansweredStep } from '../contract/factor.ts'

// Loaded where a passkey is asked for, and before its button is pressed: some browsers forget a press that has to wait.

/** The request that waits in a field's suggestions, from when on it can be withdrawn. A browser takes one at a time. */
let waiting: Promise<{ readonly ended: Promise<Answer<'passkey'> | null> }> | null = null
let ending: Promise<unknown> = Promise.resolve()

/** Offers passkeys among a field's suggestions; null when none was chosen, or the browser has no such thing. */
export async function offer(prompt: Prompt<'passkey'>): Promise<Answer<'passkey'> | null> {
  const begun = begin(prompt)
  waiting = begun
  return (await begun).ended
}

async function begin(prompt: Prompt<'passkey'>) {
  if (!(await browserSupportsWebAuthnAutofill())) return { ended: Promise.resolve(null) }
  const answered = startAuthentication({ optionsJSON: prompt, useBrowserAutofill: true })
  const ended = answered.then(answerOf, () => null)
  // The library asks that again before there is anything to withdraw.
  await browserSupportsWebAuthnAutofill()
  return { ended }
}

/** Ends the offer, and waits until it has ended: the next request fails otherwise. */
export function abortCeremony(): Promise<unknown> {
  const begun = waiting
  waiting = null
  if (begun)
    ending = begun.then(({ ended }) => {
      WebAuthnAbortService.cancelCeremony()
      return ended
    })
  return ending
}

/** The page that asked is gone. */
export async function leave(): Promise<void> {
  await abortCeremony()
  WebAuthnAbortService.cancelCeremony()
}

/** The browser's own dialog. */
export async function use(prompt: Prompt<'passkey'>): Promise<Answer<'passkey'> | UnansweredStep> {
  await abortCeremony()
  return startAuthentication({ optionsJSON: prompt }).then(answerOf, unanswered)
}

/** The one that was made last, until it is known what came of it. */
let made: string | null = null

export async function make(prompt: EnrolmentPrompt<'passkey'>): Promise<EnrolmentAnswer<'passkey'> | UnansweredStep> {
  await abortCeremony()
  return startRegistration({ optionsJSON: prompt }).then(({ id, rawId, type, response }) => {
    const { clientDataJSON, attestationObject, transports = [] } = response
    made = id
    return { id, rawId, type: type as 'public-key', response: { clientDataJSON, attestationObject, transports } }
  }, unanswered)
}

type Asserted = Awaited<ReturnType<typeof startAuthentication>>
function answerOf({ id, rawId, type, response }: Asserted): Answer<'passkey'> {
  const { clientDataJSON, authenticatorData, signature, userHandle } = response
  const signed = { clientDataJSON, authenticatorData, signature, ...(userHandle ? { userHandle } : {}) }
  return { id, rawId, type: type as 'public-key', response: signed }
}

/** Errors are told apart by name: their messages are each browser's own, and none says whether somebody cancelled. */
const said: Readonly<Record<string, Message | null>> = {
  AbortError: null,
  NotAllowedError: 'factor.passkey.none-used',
  InvalidStateError: 'factor.passkey.already-there',
  NotSupportedError: 'factor.passkey.too-old',
  ConstraintError: 'factor.passkey.cannot-verify',
  SecurityError: 'factor.passkey.wrong-address',
}
function unanswered({ name }: Error): UnansweredStep {
  if (!browserSupportsWebAuthn()) return { unanswered: 'factor.passkey.unusable' }
  return { unanswered: Object.hasOwn(said, name) ? (said[name] ?? null) : 'factor.passkey.failed' }
}

/** What a password manager should know (WebAuthn Level 3 §5.1.10), where the browser passes it on. Nothing hangs on it. */
export async function tell({ rpId: rpID, userId: userID, ids, name, displayName }: Told<'passkey'>): Promise<void> {
  await Promise.allSettled([
    sendSignal({ signalName: 'allAcceptedCredentials', rpID, userID, allAcceptedCredentialIDs: ids }),
    sendSignal({ signalName: 'currentUserDetails', rpID, userID, userName: name, userDisplayName: displayName }),
  ])
}

/** Whether a password manager could be told that one is good for nothing any more. */
export const forget = (rpID: string, credentialID: string): Promise<boolean> =>
  sendSignal({ signalName: 'unknownCredential', rpID, credentialID }).then(
    () => true,
    () => false,
  )

/** It was made, and refused: it would be offered, and be good for nothing. */
export async function forgetMade(rpId: string): Promise<void> {
  if (made) await forget(rpId, made)
  made = null
}
