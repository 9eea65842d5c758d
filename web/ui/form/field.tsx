import { type ReactNode, type RefCallback, useId } from 'react'
import type { Refusal } from '#shared/refusal.ts'
import { useArrival } from './arrival.ts'
import { useRefusalId } from './refusal-text.tsx'

interface Props {
  readonly label: ReactNode
  /** The refusal of the field's content, whose text on the page describes the field. */
  readonly refusal?: Refusal | null
  readonly hint?: ReactNode
  /** The text announced while somebody types; null for none at this moment. */
  readonly status?: string | null
  /** Content next to the label. */
  readonly aside?: ReactNode
  /** Whether the field is the first of its page. */
  readonly autoFocus?: boolean
  readonly children: (control: Control) => ReactNode
}

/** The attributes that a field's control must take. */
interface Control {
  readonly id: string
  readonly autoFocus: boolean
  readonly ref: RefCallback<HTMLElement> | undefined
  readonly 'aria-invalid': true | undefined
  readonly 'aria-describedby': string | undefined
}

/** A label, its control and the control's descriptions, joined by unique ids: a page may have the same field twice. */
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
