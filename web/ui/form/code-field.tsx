import type { FormEvent } from 'react'
import type { Refusal } from '#shared/refusal.ts'
import { Field } from './field.tsx'

interface Props {
  readonly label: string
  /** Whether the code may have letters. */
  readonly letters?: boolean
  /** The possible numbers of digits: a code of one of these lengths, pasted or filled in, is sent at once. */
  readonly lengths: readonly number[]
  readonly refusal: Refusal | null
  /** The code that was refused just now, which stays, selected, so that typing replaces it. */
  readonly refused: string | null
}

/** A code's field, one input for all digits: phones fill in no other, and only one that has the focus. */
export function CodeField({ label, letters = false, lengths, refusal, refused }: Props) {
  const sendWhatWasNotTyped = ({ currentTarget: { value, form }, nativeEvent }: FormEvent<HTMLInputElement>) => {
    const code = digitsOf(value)
    if (!isTyped(nativeEvent) && /^[0-9a-z]+$/i.test(code) && lengths.includes(code.length)) form?.requestSubmit()
  }
  return (
    <Field label={label} refusal={refusal} autoFocus>
      {(control) => (
        <input
          {...control}
          className={letters ? 'input digits letters' : 'input digits'}
          name="code"
          type="text"
          inputMode={letters ? 'text' : 'numeric'}
          autoComplete={letters ? 'off' : 'one-time-code'}
          autoCapitalize={letters ? 'characters' : 'none'}
          autoCorrect="off"
          spellCheck={false}
          dir="ltr"
          required
          defaultValue={refused ?? ''}
          onInput={sendWhatWasNotTyped}
        />
      )}
    </Field>
  )
}

/** The typed code without spaces and hyphens, as on the server (server/factors/contract/plain-code.ts). */
export const digitsOf = (typed: string): string =>
  typed
    .replace(/[\s\p{Pd}]/gu, '')
    .replace(/[\uFF10-\uFF19]/g, (wide) => String.fromCodePoint((wide.codePointAt(0) ?? 0) - 0xfee0))

/** Whether input was typed, and not pasted, dropped or filled in (which has no type, or several characters). */
function isTyped(event: Event): boolean {
  if (!(event instanceof InputEvent) || event.inputType === '') return false
  if (/^insert(FromPaste|FromDrop|ReplacementText)$/.test(event.inputType)) return false
  return event.inputType !== 'insertText' || (event.data ?? '').length < 2
}
