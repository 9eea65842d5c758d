import { type FormEvent, type ReactNode, useEffect, useState } from 'react'
import type { EnrolmentView } from '#shared/enrolment.ts'
import type { EnrollableFactor } from '#shared/factors/index.ts'
import type { Refusal } from '#shared/refusal.ts'
import { useText } from '../i18n.tsx'
import { RefusalText } from '../sign-in/refusal.tsx'
import './enrol.css'
import type { WebEnrolment } from './factor.ts'
import { webEnrolments } from './index.ts'

interface Props {
  readonly factor: EnrollableFactor
  /** Where enrolments of this person begin. */
  readonly path: string
  /** It is over; with what was made. */
  readonly done: (made: Extract<EnrolmentView, { at: 'made' }> | null) => void
}

/** Makes one authenticator: its factor's questions, one after the other. */
export function Enrol({ factor, path, done }: Props) {
  const say = useText()
  const [view, setView] = useState<EnrolmentView | null>(null)
  const [failed, setFailed] = useState<Refusal | null>(null)
  const [busy, setBusy] = useState(false)
  const [label, setLabel] = useState('')
  const take = (next: EnrolmentView) => (next.at === 'made' ? done(next) : setView(next))
  const send = (to: string, fields: object) => post(to, fields).then(take, (why: Refusal) => setFailed(why))
  // Begun once, when it is shown.
  useEffect(() => void post(path, { factor }).then(setView, (why: Refusal) => setFailed(why)), [path, factor])

  const refusal = failed ?? (view?.at === 'asked' ? view.refusal : view?.at === 'over' ? { code: view.why } : null)
  return (
    <section className="enrol" aria-label={say(`enrol.${factor}.title`)}>
      <h3>{say(`enrol.${factor}.title`)}</h3>
      <RefusalText refusal={refusal} />
      {view?.at === 'asked' && (
        <Questioned key={view.revision} view={view} busy={busy} submit={submit}>
          <Label factor={factor} label={label} change={setLabel} />
        </Questioned>
      )}
      <button type="button" className="link" onClick={() => done(null)}>
        {say('enrol.cancel')}
      </button>
    </section>
  )

  async function submit(asked: Extract<EnrolmentView, { at: 'asked' }>, fields: FormData) {
    const { answer }: WebEnrolment<EnrollableFactor> = webEnrolments[asked.factor]
    setBusy(true)
    setFailed(null)
    const given = await answer(fields, asked.prompt)
    if (given !== null) await send(`${path}/${asked.id}`, { revision: asked.revision, answer: given, label })
    setBusy(false)
  }
}

interface QuestionProps {
  readonly view: Extract<EnrolmentView, { at: 'asked' }>
  readonly busy: boolean
  readonly children: ReactNode
  readonly submit: (view: Extract<EnrolmentView, { at: 'asked' }>, fields: FormData) => Promise<void>
}

function Questioned({ view, busy, submit, children }: QuestionProps) {
  const say = useText()
  const { Enrol: Fields }: WebEnrolment<EnrollableFactor> = webEnrolments[view.factor]
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    if (!busy) void submit(view, new FormData(event.currentTarget))
  }
  return (
    <form onSubmit={send}>
      <Fields prompt={view.prompt} refusal={view.refusal} />
      {children}
      <button className="button inline" type="submit" aria-busy={busy}>
        {say(`enrol.${view.factor}.submit`)}
      </button>
    </form>
  )
}

interface LabelProps {
  readonly factor: EnrollableFactor
  readonly label: string
  readonly change: (label: string) => void
}

/** What the person calls it; it stays when an answer was refused. */
function Label({ factor, label, change }: LabelProps) {
  const say = useText()
  return (
    <div className="field">
      <label htmlFor="label">{say('enrol.label')}</label>
      <input
        className="input"
        id="label"
        maxLength={80}
        placeholder={say(`enrol.${factor}.label`)}
        value={label}
        onChange={(event) => change(event.target.value)}
      />
    </div>
  )
}

/** Rejects with the refusal when there is no view to show. */
async function post(path: string, fields: object): Promise<EnrolmentView> {
  const sent = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(fields) }
  const nobodyThere: Refusal = { code: 'server-fault' }
  const response = await fetch(path, sent).catch(() => null)
  const body: EnrolmentView | Refusal = (await response?.json().catch(() => null)) ?? nobodyThere
  return 'at' in body ? body : Promise.reject(body)
}
