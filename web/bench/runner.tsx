import { type InputHTMLAttributes, type ReactNode, useEffect, useId, useState } from 'react'
import { useLocation } from 'react-router'
import type { BenchClient } from '#shared/wire/bench.ts'
import { type Message, Text, useText } from '../text/text.tsx'
import { OutboxPage } from './outbox.tsx'
import { People } from './people.tsx'
import { beginRequest, parametersOf, type Wish } from './relying-party.ts'
import { useJson } from './use-json.ts'

interface Discovery {
  readonly acr_values_supported?: readonly string[]
}
/** How many acr values of discovery are levels: the first ones. The filters behind are suggestions of the field. */
const levels = 5
const nothing: Wish = { client: '', acr_values: '', prompt: '', max_age: '', login_hint: '' }
const prompts = ['', 'login', 'none'] as const

/** The form of an authorization request, the resulting request, and the people who can answer it. */
export function Runner() {
  const say = useText()
  const clients = useJson<readonly BenchClient[]>('/bench/api/clients')
  const discovery = useJson<Discovery>('/.well-known/openid-configuration')
  const [wish, setWish] = useState<Wish>({ ...nothing, ...useLocation().state })
  const [title, values] = [useId(), useId()]
  const [failure, setFailure] = useState<string | null>(null)
  const supported = discovery?.acr_values_supported ?? []
  const client = clients?.find(({ id }) => id === wish.client) ?? clients?.[0]
  useEffect(() => {
    document.title = say('title.page', { title: say('bench.title') })
  }, [say])
  if (!clients || !client) return <p>{say('bench.loading')}</p>
  const set = (name: keyof Wish) => (value: string) => setWish({ ...wish, [name]: value })
  const asked = { ...wish, client: client.id }

  return (
    <>
      <h1>{say('bench.title')}</h1>
      <p className="lead">{say('bench.lead')}</p>
      <div className="bench-columns">
        <form
          className="panel"
          aria-labelledby={title}
          onSubmit={(event) => {
            event.preventDefault()
            beginRequest(asked, client.alg).catch((error: unknown) => setFailure(String(error)))
          }}
        >
          <h2 id={title}>{say('bench.run.title')}</h2>
          <Labelled id="bench.client">
            {(id) => (
              <select
                className="input"
                id={id}
                value={client.id}
                onChange={(event) => set('client')(event.target.value)}
              >
                {clients.map((one) => (
                  <option key={one.id} value={one.id}>
                    {one.name}
                  </option>
                ))}
              </select>
            )}
          </Labelled>
          <p className="aside">
            <Text
              id="bench.client.detail"
              values={{ ...client }}
              parts={[<code key="policy" />, <code key="dialect" />]}
            />
          </p>
          <TextField id="bench.acr" value={wish.acr_values} change={set('acr_values')} list={values} />
          <datalist id={values}>
            {supported.map((value) => (
              <option key={value} value={value} />
            ))}
          </datalist>
          <AcrChips supported={supported.slice(0, levels)} chosen={wish.acr_values} choose={set('acr_values')} />
          <div className="pair">
            <Labelled id="bench.prompt" code>
              {(id) => (
                <select
                  className="input"
                  id={id}
                  value={wish.prompt}
                  onChange={(event) => set('prompt')(event.target.value)}
                >
                  {prompts.map((prompt) => (
                    <option key={prompt} value={prompt}>
                      {prompt || say('bench.prompt.unset')}
                    </option>
                  ))}
                </select>
              )}
            </Labelled>
            <TextField
              id="bench.max-age"
              value={wish.max_age}
              change={set('max_age')}
              hint="bench.max-age.hint"
              inputMode="numeric"
              pattern="[0-9]*"
            />
          </div>
          <TextField id="bench.login-hint" value={wish.login_hint} change={set('login_hint')} />
          <h3>{say('bench.request')}</h3>
          <pre>{requestText(asked)}</pre>
          <p role="alert">{failure}</p>
          <button className="button" type="submit">
            {say('bench.submit')}
          </button>
        </form>
        <div>
          <OutboxPage />
          <People pick={set('login_hint')} />
        </div>
      </div>
    </>
  )
}

const requestText = (wish: Wish) =>
  `GET /auth?\n${Object.entries(parametersOf(wish))
    .map(([name, value]) => `${name}=${value}`)
    .join('\n')}`

interface LabelledProps {
  readonly id: Message
  readonly code?: boolean
  readonly hint?: Message | undefined
  readonly children: (id: string) => ReactNode
}

function Labelled({ id, code, hint, children }: LabelledProps) {
  const say = useText()
  const field = useId()
  return (
    <div className="field">
      <label htmlFor={field}>{code ? <code>{say(id)}</code> : say(id)}</label>
      {children(field)}
      {hint && (
        <p className="aside" id={`${field}-hint`}>
          {say(hint)}
        </p>
      )}
    </div>
  )
}

interface TextFieldProps extends Omit<InputHTMLAttributes<HTMLInputElement>, 'id'> {
  readonly id: Message
  readonly hint?: Message
  readonly change: (value: string) => void
}

/** The field of a request parameter, labelled with the parameter's name. */
const TextField = ({ id, hint, change, ...input }: TextFieldProps) => (
  <Labelled id={id} code hint={hint}>
    {(field) => (
      <input
        className="input code"
        id={field}
        aria-describedby={hint ? `${field}-hint` : undefined}
        autoCapitalize="none"
        spellCheck={false}
        onChange={(event) => change(event.target.value)}
        {...input}
      />
    )}
  </Labelled>
)

/** Buttons for the supported levels; the pressed levels are in the field. */
function AcrChips({
  supported,
  chosen,
  choose,
}: {
  supported: readonly string[]
  chosen: string
  choose: (value: string) => void
}) {
  const say = useText()
  const values = chosen.split(/\s+/).filter(Boolean)
  const toggle = (value: string) =>
    choose((values.includes(value) ? values.filter((one) => one !== value) : [...values, value]).join(' '))
  return (
    <fieldset className="chips">
      <legend className="aside">{say('bench.acr.hint')}</legend>
      {supported.map((value) => (
        <button
          key={value}
          type="button"
          className="chip"
          aria-pressed={values.includes(value)}
          onClick={() => toggle(value)}
        >
          {value}
        </button>
      ))}
    </fieldset>
  )
}
