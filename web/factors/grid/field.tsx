import type { Refusal } from '#shared/refusal.ts'
import { Field } from '../../ui/form/field.tsx'

interface Props {
  readonly label: string
  readonly refusal: Refusal | null
}

/** A field for the digits read off the grid. No autofill and no refused value: each grid has other digits. */
export const DigitsField = ({ label, refusal }: Props) => (
  <Field label={label} refusal={refusal} autoFocus>
    {(control) => (
      <input
        {...control}
        className="input digits"
        name="digits"
        type="text"
        inputMode="numeric"
        autoComplete="off"
        dir="ltr"
        required
      />
    )}
  </Field>
)
