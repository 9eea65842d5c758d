import type { Page } from 'playwright-core'
import type { SoftPasskey } from './authenticator.ts'

interface Kind {
  readonly transport?: 'internal' | 'usb'
  readonly protocol?: 'ctap2' | 'u2f'
  /** The person passes what unlocks it. */
  readonly verified?: boolean
  /** Its passkeys can be copied to other devices. */
  readonly synced?: boolean
}

/** An authenticator of Chromium's own, with these passkeys in it; everybody touches it at once, until told otherwise. */
export async function plugIn(page: Page, passkeys: readonly SoftPasskey[], kind: Kind = {}) {
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('WebAuthn.enable', { enableUI: false })
  const { protocol = 'ctap2', transport = 'internal', verified = true, synced = false } = kind
  const knows = protocol === 'ctap2'
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol,
      transport,
      ...(knows ? { ctap2Version: 'ctap2_1' } : {}),
      hasResidentKey: knows,
      hasUserVerification: knows,
      isUserVerified: verified,
      automaticPresenceSimulation: true,
    },
  })
  for (const passkey of passkeys) {
    const { userHandle, ...kept } = passkey.exported
    const resident = knows ? { isResidentCredential: true, userHandle } : { isResidentCredential: false }
    const credential = { ...kept, ...resident, rpId: 'localhost', backupEligibility: synced }
    await cdp.send('WebAuthn.addCredential', { authenticatorId, credential })
  }
  return {
    /** Whether somebody touches it as soon as it is asked for. */
    touch: (enabled: boolean) => cdp.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled }),
    passes: (isUserVerified: boolean) => cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified }),
    counters: async () => {
      const { credentials } = await cdp.send('WebAuthn.getCredentials', { authenticatorId })
      return credentials.map(({ signCount }) => signCount)
    },
    unplug: () => cdp.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId }),
  }
}
