import { useEffect, useState } from 'react'
import type { EnrollableFactor } from '#shared/factors/index.ts'
import type { Refusal } from '#shared/refusal.ts'
import type { EnrolmentView } from '#shared/wire/enrolment.ts'
import { useText } from '../text/text.tsx'
import { RefusalScope, RefusalText } from '../ui/form/refusal-text.tsx'
import { Questioned } from './question.tsx'

interface Props {
  readonly factor: EnrollableFactor
  /** The address that begins an enrolment of this person. */
  readonly path: string
  /** Called at the end, with the new authenticator; null when none was made. */
  readonly done: (made: Extract<EnrolmentView, { at: 'made' }> | null) => void
}

/** The enrolment of one authenticator: the questions of its factor, one after the other. */
export function EnrolForm({ factor, path, done }: Props) {
  const say = useText()
  const [view, setView] = useState<EnrolmentView | null>(null)
  const [failed, setFailed] = useState<Refusal | null>(null)
  const [busy, setBusy] = useState(false)
  const [label, setLabel] = useState('')
  // The enrolment begins once, when the form is shown.
  useEffect(() => void post(path, { factor }).then(setView, (why: Refusal) => setFailed(why)), [path, factor])

  const refusal = failed ?? (view?.at === 'asked' ? view.refusal : view?.at === 'over' ? { code: view.why } : null)
  return (
    <RefusalScope>
      <section className="enrol" aria-label={say(`enrol.${factor}.title`)}>
        <h3 ref={focusOn} tabIndex={-1}>
          {say(`enrol.${factor}.title`)}
        </h3>
        <RefusalText refusal={refusal} />
        {view?.at === 'asked' && (
          <Questioned
            key={view.revision}
            question={view}
            refusal={refusal}
            busy={busy}
            label={label}
            changeLabel={setLabel}
            submit={(answer) => submit(view, answer)}
          />
        )}
        <button type="button" className="link" onClick={() => done(null)}>
          {say('enrol.cancel')}
        </button>
      </section>
    </RefusalScope>
  )

  async function submit({ id, revision }: Extract<EnrolmentView, { at: 'asked' }>, answer: object) {
    setBusy(true)
    setFailed(null)
    const take = (next: EnrolmentView) => (next.at === 'made' ? done(next) : setView(next))
    await post(`${path}/${id}`, { revision, answer, label }).then(take, (why: Refusal) => setFailed(why))
    setBusy(false)
  }
}

/** Focuses the heading, since the button that was pressed is gone; a field that has the focus after it takes over. */
const focusOn = (heading: HTMLElement | null) => heading?.focus()

/** Posts an answer; rejects with the refusal when there is no view to show. */
async function post(path: string, fields: object): Promise<EnrolmentView> {
  const sent = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(fields) }
  const nobodyThere: Refusal = { code: 'server-fault' }
  const response = await fetch(path, sent).catch(() => null)
  const body: EnrolmentView | Refusal = (await response?.json().catch(() => null)) ?? nobodyThere
  return 'at' in body ? body : Promise.reject(body)
}
