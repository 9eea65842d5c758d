import { useCallback, useEffect, useRef, useState } from 'react'
import type { EnrollableFactor } from '#shared/factors/index.ts'
import type { BenchPerson } from '#shared/wire/bench.ts'
import type { ListedAuthenticator } from '#shared/wire/enrolment.ts'
import { EnrolForm } from '../enrol/enrol.tsx'
import { enrollable } from '../factors/enrolments.ts'
import { fullMinuteOf, useTimeOf } from '../text/instant.tsx'
import { useText } from '../text/text.tsx'
import { Cards } from './cards.tsx'

interface Props {
  readonly person: BenchPerson
  /** Announces what happened in the page's live region. */
  readonly announce: (text: string) => void
}

/** A person's authenticators, which a tester can remove and add to. */
export function Authenticators({ person, announce }: Props) {
  const { username, name } = person
  const say = useText()
  const path = `/bench/api/people/${encodeURIComponent(username)}`
  const [adding, setAdding] = useState<EnrollableFactor | null>(null)
  const { all, look, remove, unlock } = useAuthenticators(path)
  const list = useRef<HTMLUListElement>(null)
  /** Announces a change and focuses the list, since the button that was pressed may be gone. */
  const tell = (text: string) => {
    list.current?.focus()
    announce(text)
  }
  return (
    <details className="carries" onToggle={look}>
      <summary>{say('bench.carries', { name })}</summary>
      <ul ref={list} tabIndex={-1} aria-label={say('bench.carries', { name })}>
        {all.map(({ id, factor, label, guessedAt }) => (
          <li key={id}>
            <span>
              {say(`door.${factor}`)}: <bdi>{label}</bdi> <Guessed at={guessedAt} />
            </span>
            <button
              type="button"
              className="link"
              aria-label={say('bench.remove', { label, name })}
              onClick={() => void remove(id).then(() => tell(say('bench.removed', { label, name })))}
            >
              {say('bench.remove-short')}
            </button>
          </li>
        ))}
      </ul>
      {all.some(({ guessedAt }) => guessedAt.is !== 'open') && (
        <button
          type="button"
          className="chip"
          onClick={() => void unlock().then(() => tell(say('bench.unlocked', { name })))}
        >
          {say('bench.unlock', { name })}
        </button>
      )}
      <Cards person={person} />
      {adding ? (
        <EnrolForm
          factor={adding}
          path={`${path}/enrolments`}
          done={(made) => {
            setAdding(null)
            look()
            tell(made ? say('bench.added', { label: made.label, name }) : '')
          }}
        />
      ) : (
        <div className="chips">
          {enrollable.map((factor) => (
            <button key={factor} type="button" className="chip" onClick={() => setAdding(factor)}>
              {say(`enrol.${factor}.title`)}
            </button>
          ))}
        </div>
      )}
    </details>
  )
}

/** The lock of an authenticator after wrong answers, if there is one. */
function Guessed({ at }: { at: ListedAuthenticator['guessedAt'] }) {
  const say = useText()
  const time = useTimeOf(fullMinuteOf('until' in at ? at.until : '1970-01-01'))
  return at.is === 'open' ? null : <span className="aside">{say(`bench.guessed.${at.is}`, { time })}</span>
}

function useAuthenticators(path: string) {
  const [all, setAll] = useState<readonly ListedAuthenticator[]>([])
  const take = useCallback(async (response: Response) => {
    if (response.ok) setAll(await response.json())
  }, [])
  const look = useCallback(() => void fetch(`${path}/authenticators`).then(take, () => {}), [path, take])
  useEffect(look, [look])
  const remove = async (id: string) => {
    const sent = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }
    await fetch(`${path}/authenticators/${id}/remove`, sent).then(take, () => {})
    look()
  }
  const unlock = async () => {
    const sent = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }
    await fetch(`${path}/unlock`, sent).then(take, () => {})
  }
  return { all, look, remove, unlock }
}
