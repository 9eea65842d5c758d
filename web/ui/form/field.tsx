import { type ReactNode, type RefCallback, useId } from 'react'
import type { Refusal } from '#shared/refusal.ts'
import { useArrival } from './arrival.ts'
import { useRefusalId } from './refusal-text.tsx'

interface Props {
  readonly label: ReactNode
  /** Why its content was refused: what the page says of that describes it. */
  readonly refusal?: Refusal | null
  readonly hint?: ReactNode
  /** What is to be heard while somebody types; null for nothing at this moment. */
  readonly status?: string | null
  /** Stands beside the label. */
  readonly aside?: ReactNode
  /** The first field of its page. */
  readonly autoFocus?: boolean
  readonly children: (control: Control) => ReactNode
}

/** What a field's control takes over. */
interface Control {
  readonly id: string
  readonly autoFocus: boolean
  readonly ref: RefCallback<HTMLElement> | undefined
  readonly 'aria-invalid': true | undefined
  readonly 'aria-describedby': string | undefined
}

/** A label, its control, and what describes it, by ids that are nobody else's: the same field may stand in a page twice. */
export function Field({ label, refusal, hint, status, aside, autoFocus = false, children }: Props) {
  const id = useId()
  const arrival = useArrival()
  const refusalId = useRefusalId()
  const describedBy = [refusal && refusalId, hint && `${id}-hint`, status && `${id}-status`].filter(Boolean).join(' ')
  return (
    <div className="field">
      <div className="field-head">
        <label htmlFor={id}>{label}</label>
        {aside}
      </div>
      {children({
        id,
        autoFocus,
        ref: autoFocus ? arrival : undefined,
        'aria-invalid': refusal ? true : undefined,
        'aria-describedby': describedBy || undefined,
      })}
      {hint && (
        <p className="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {status !== undefined && (
        <p className="hint" id={`${id}-status`} aria-live="polite" hidden={!status}>
          {status}
        </p>
      )}
    </div>
  )
}
