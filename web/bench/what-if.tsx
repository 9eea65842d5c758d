import { useId, useState } from 'react'
import type { Change } from '#shared/policy/tools/matrix.ts'
import type { Outcome } from '#shared/policy/tools/simulate.ts'
import { useText } from '../text/text.tsx'
import { useOutcome } from './outcome.tsx'

type Answer = readonly Change[] | { readonly detail: string } | null

/** A trial policy in place of the policy in force: shows only the cells that change. */
export function WhatIf({ path }: { path: string }) {
  const say = useText()
  const id = useId()
  const [text, setText] = useState('')
  const [answer, setAnswer] = useState<Answer>(null)
  const compare = async () => {
    const body = JSON.stringify({ configuration: text })
    const response = await fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    const said = await response.json()
    setAnswer(response.ok ? said : { detail: said.detail ?? said.title })
  }
  return (
    <details>
      <summary>{say('bench.matrix.draft')}</summary>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          compare().catch((error: unknown) => setAnswer({ detail: String(error) }))
        }}
      >
        <div className="field">
          <label htmlFor={id}>{say('bench.matrix.draft-label')}</label>
          <textarea
            className="input code"
            id={id}
            rows={10}
            value={text}
            required
            spellCheck={false}
            onChange={(event) => setText(event.target.value)}
          />
        </div>
        <button type="submit" className="button inline">
          {say('bench.matrix.compare')}
        </button>
      </form>
      <div role="status">
        {answer && 'detail' in answer && <p className="draft-fault">{answer.detail}</p>}
        {answer && !('detail' in answer) && <Changes changes={answer} />}
      </div>
    </details>
  )
}

function Changes({ changes }: { changes: readonly Change[] }) {
  const say = useText()
  const spoken = useOutcome()
  const cell = (outcome: Outcome | null) => (outcome ? spoken(outcome) : '–')
  if (changes.length === 0) return <p>{say('bench.matrix.unchanged')}</p>
  return (
    <div className="matrix-frame">
      <table className="matrix">
        <caption>{say('bench.matrix.changed', { count: changes.length })}</caption>
        <thead>
          <tr>
            <th scope="col">{say('bench.matrix.person')}</th>
            <th scope="col">{say('bench.matrix.asked')}</th>
            <th scope="col">{say('bench.matrix.now')}</th>
            <th scope="col">{say('bench.matrix.then')}</th>
          </tr>
        </thead>
        <tbody>
          {changes.map(({ person, acrValues, before, after }) => (
            <tr key={`${person} ${acrValues}`}>
              <th scope="row">{person}</th>
              <td>{acrValues.length > 0 ? <code>{acrValues.join(' ')}</code> : say('bench.matrix.plain')}</td>
              <td>{cell(before)}</td>
              <td>{cell(after)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
