import type { BenchCards, BenchPerson } from '#shared/wire/bench.ts'
import { Text, useText } from '../text/text.tsx'
import { useJson } from './use-json.ts'

/** A person's cards as files, for import into the tester's browser. */
export function Cards({ person: { username, name } }: { person: BenchPerson }) {
  const say = useText()
  const cards = useJson<BenchCards>('/bench/api/cards')
  if (!cards) return null
  return (
    <div className="aside">
      <p>
        <Text id="bench.cards" values={{ passphrase: cards.passphrase }} parts={[<code key="passphrase" />]} />
      </p>
      <ul className="chips" aria-label={say('bench.cards.of', { name })}>
        {cards.kinds.map((kind) => (
          <li key={kind}>
            <a className="chip" href={`/bench/cards/${encodeURIComponent(username)}-${kind}.p12`} download>
              {say(`bench.card.${kind}`)}
            </a>
          </li>
        ))}
        <li>
          <a className="chip" href="/bench/cards/authority.crt" download>
            {say('bench.cards.authority')}
          </a>
        </li>
      </ul>
    </div>
  )
}
