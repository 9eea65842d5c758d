import type { FormEvent } from 'react'
import type { Refusal } from '#shared/refusal.ts'
import { Field } from './field.tsx'

interface Props {
  readonly label: string
  /** It has letters, too. */
  readonly letters?: boolean
  /** How many digits a whole code has: as many, pasted or filled in, are sent at once. */
  readonly lengths: readonly number[]
  readonly refusal: Refusal | null
  /** The code that was refused just now: it stays, selected by the page, so that typing replaces it. */
  readonly refused: string | null
}

/** One real field for a code: phones fill only such a one, and only where it has the focus. */
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

/** As the server does (server/factors/contract/plain-code.ts): spaces and hyphens are nobody's mistake. */
export const digitsOf = (typed: string): string =>
  typed
    .replace(/[\s\p{Pd}]/gu, '')
    .replace(/[\uFF10-\uFF19]/g, (wide) => String.fromCodePoint((wide.codePointAt(0) ?? 0) - 0xfee0))

/** Only what was handed over whole is sent by itself: pasted, dropped, or filled in (which has no type, or many signs). */
function isTyped(event: Event): boolean {
  if (!(event instanceof InputEvent) || event.inputType === '') return false
  if (/^insert(FromPaste|FromDrop|ReplacementText)$/.test(event.inputType)) return false
  return event.inputType !== 'insertText' || (event.data ?? '').length < 2
}
