import { useCallback } from 'react'

/** WebOTP (WICG), which the types of the DOM do not know. */
interface WebOtp {
  get(options: {
    readonly otp: { readonly transport: readonly ['sms'] }
    readonly signal: AbortSignal
  }): Promise<{ readonly code: string } | null>
}

/** Fills the code in as the phone reads it out of the text, and sends it; what goes wrong with that is nobody's matter. */
export const useTextedCode = () =>
  useCallback((around: HTMLElement | null) => {
    const field = around?.querySelector('input')
    if (!field || !('OTPCredential' in window)) return
    const asking = new AbortController()
    const stop = () => asking.abort()
    field.form?.addEventListener('submit', stop)
    const phone = navigator.credentials as unknown as WebOtp
    phone.get({ otp: { transport: ['sms'] }, signal: asking.signal }).then(
      (got) => {
        if (!got || asking.signal.aborted) return
        field.value = got.code
        field.form?.requestSubmit()
      },
      () => {},
    )
    return () => {
      field.form?.removeEventListener('submit', stop)
      stop()
    }
  }, [])
