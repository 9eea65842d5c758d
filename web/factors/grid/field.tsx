import type { Refusal } from '#shared/refusal.ts'

interface Props {
  readonly label: string
  readonly refusal: Refusal | null
}

/** Digits that are read off the screen: nothing fills them in, and each grid has others. */
export const DigitsField = ({ label, refusal }: Props) => (
  <div className="field">
    <div className="field-head">
      <label htmlFor="digits">{label}</label>
    </div>
    <input
      className="input digits"
      id="digits"
      name="digits"
      type="text"
      inputMode="numeric"
      autoComplete="off"
      dir="ltr"
      autoFocus
      required
      aria-invalid={refusal ? true : undefined}
      aria-describedby="refusal"
    />
  </div>
)
