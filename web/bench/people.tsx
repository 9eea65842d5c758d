import { useState } from 'react'
import type { BenchPerson } from '#shared/wire/bench.ts'
import { useText } from '../text/text.tsx'
import { Panel } from '../ui/frame/panel.tsx'
import { Authenticators } from './authenticators.tsx'
import { Codes } from './codes.tsx'
import { useJson } from './use-json.ts'

/** The demo people with their passwords and codes, so that a tester need not look for them. */
export function People({ pick }: { pick: (username: string) => void }) {
  const say = useText()
  const people = useJson<readonly BenchPerson[]>('/bench/api/people') ?? []
  const [announced, setAnnounced] = useState('')
  return (
    <Panel title={say('bench.people.title')}>
      <p className="aside">{say('bench.people.lead')}</p>
      <ul className="people">
        {people.map((person) => (
          <li key={person.username}>
            <div>
              <strong dir="auto">{person.name}</strong> <code>{person.username}</code>
              {person.groups.map((group) => (
                <span className="tag" key={group}>
                  {group}
                </span>
              ))}
            </div>
            <bdi>
              <code className="secret">{person.password}</code>
            </bdi>
            <button
              type="button"
              className="link"
              aria-label={say('bench.people.pick', { name: person.name })}
              onClick={() => pick(person.username)}
            >
              {say('bench.people.pick-short')}
            </button>
            <Codes person={person} announce={setAnnounced} />
            <Authenticators person={person} announce={setAnnounced} />
          </li>
        ))}
      </ul>
      <p className="unseen" role="status">
        {announced}
      </p>
    </Panel>
  )
}
