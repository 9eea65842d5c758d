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

// This script is loaded before the passkey button is pressed: some browsers forget a press that has to wait for it.

/** The request of a field's suggestions, resolved once it can be withdrawn. A browser takes one request at a time. */
let waiting: Promise<{ readonly ended: Promise<Answer<'passkey'> | null> }> | null = null
let ending: Promise<unknown> = Promise.resolve()

/** Offers passkeys among a field's suggestions; null when none was chosen, or the browser cannot suggest passkeys. */
export async function offer(prompt: Prompt<'passkey'>): Promise<Answer<'passkey'> | null> {
  const begun = begin(prompt)
  waiting = begun
  return (await begun).ended
}

async function begin(prompt: Prompt<'passkey'>) {
  if (!(await browserSupportsWebAuthnAutofill())) return { ended: Promise.resolve(null) }
  const answered = startAuthentication({ optionsJSON: prompt, useBrowserAutofill: true })
  const ended = answered.then(answerOf, () => null)
  // The library awaits the same check before its request can be withdrawn.
  await browserSupportsWebAuthnAutofill()
  return { ended }
}

/** Ends the offer and waits for its end, without which the next request fails. */
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

/** Ends all requests of a page that is gone. */
export async function leave(): Promise<void> {
  await abortCeremony()
  WebAuthnAbortService.cancelCeremony()
}

/** Asks for a passkey in the browser's dialog. */
export async function use(prompt: Prompt<'passkey'>): Promise<Answer<'passkey'> | UnansweredStep> {
  await abortCeremony()
  return startAuthentication({ optionsJSON: prompt }).then(answerOf, unanswered)
}

/** The credential id of the passkey made last, until the server has accepted or refused it. */
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

/** Texts by the names of errors: messages differ by browser, and none says whether the person cancelled. */
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

/** Tells password managers the accepted passkeys and the names (WebAuthn Level 3 §5.1.10). Failures do not matter. */
export async function tell({ rpId: rpID, userId: userID, ids, name, displayName }: Told<'passkey'>): Promise<void> {
  await Promise.allSettled([
    sendSignal({ signalName: 'allAcceptedCredentials', rpID, userID, allAcceptedCredentialIDs: ids }),
    sendSignal({ signalName: 'currentUserDetails', rpID, userID, userName: name, userDisplayName: displayName }),
  ])
}

/** Tells password managers that a passkey is unknown here; false where the browser cannot. */
export const forget = (rpID: string, credentialID: string): Promise<boolean> =>
  sendSignal({ signalName: 'unknownCredential', rpID, credentialID }).then(
    () => true,
    () => false,
  )

/** Withdraws the passkey made last, which was refused: password managers would go on offering it in vain. */
export async function forgetMade(rpId: string): Promise<void> {
  if (made) await forget(rpId, made)
  made = null
}
