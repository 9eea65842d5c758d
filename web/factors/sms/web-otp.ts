import { useCallback } from 'react'

/** WebOTP (WICG), which the DOM's types lack. */
interface WebOtp {
  get(options: {
    readonly otp: { readonly transport: readonly ['sms'] }
    readonly signal: AbortSignal
  }): Promise<{ readonly code: string } | null>
}

/** Fills in and sends the code that the phone reads out of the text message. Failures are ignored: people can type. */
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
