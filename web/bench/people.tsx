import type { BenchPerson } from '#shared/bench.ts'
import { useText } from '../i18n.tsx'
import { useJson } from './use-json.ts'

/** The demo people and their passwords, so that nobody has to look for one. */
export function People({ pick }: { pick: (username: string) => void }) {
  const say = useText()
  const people = useJson<readonly BenchPerson[]>('/bench/api/people') ?? []
  return (
    <section className="panel" aria-labelledby="people">
      <h2 id="people">{say('bench.people.title')}</h2>
      <p className="aside">{say('bench.people.lead')}</p>
      <ul className="people">
        {people.map(({ username, name, groups, password }) => (
          <li key={username}>
            <div>
              <strong dir="auto">{name}</strong> <code>{username}</code>
              {groups.map((group) => (
                <span className="tag" key={group}>
                  {group}
                </span>
              ))}
            </div>
            <bdi>
              <code className="secret">{password}</code>
            </bdi>
            <button
              type="button"
              className="link"
              aria-label={say('bench.people.pick', { name })}
              onClick={() => pick(username)}
            >
              {say('bench.people.pick-short')}
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}
