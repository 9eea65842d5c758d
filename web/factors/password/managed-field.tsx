import type { RefObject } from 'react'

/**
 * The password field beside the name, for password managers, which fill both at once: a person sees and reaches it only
 * in the password step. Off-screen and not `display: none`, which managers pass over.
 */
export const ManagedPassword = ({ field }: { readonly field: RefObject<HTMLInputElement | null> }) => (
  <input
    ref={field}
    className="unseen"
    name="answer.password"
    type="password"
    autoComplete="current-password"
    tabIndex={-1}
    aria-hidden
  />
)
