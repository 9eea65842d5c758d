import { useCallback, useEffect, useId, useState } from 'react'
import type { BenchOutbox } from '#shared/wire/bench.ts'
import { type Message, useText } from '../text/text.tsx'
import { Panel } from '../ui/frame/panel.tsx'
import { clock } from './clock.ts'

const path = '/bench/api/outbox'
const everyMs = 1000

/** The text messages to the demo's phones, as they come, and the switch that makes the gateway fail. */
export function OutboxPage() {
  const say = useText()
  const { outbox, change } = useOutbox()
  const chaos = useId()
  if (!outbox) return null
  return (
    <Panel className="panel outbox" title={say('bench.outbox.title')}>
      <div className="field">
        <label htmlFor={chaos}>{say('bench.outbox.chaos')}</label>
        <select
          className="input"
          id={chaos}
          value={outbox.chaos}
          onChange={(event) => void change(event.target.value).catch(() => {})}
        >
          {outbox.chaoses.map((one) => (
            <option key={one} value={one}>
              {say(`bench.outbox.chaos.${one}`)}
            </option>
          ))}
        </select>
      </div>
      {outbox.texts.length === 0 && <p className="aside">{say('bench.outbox.empty')}</p>}
      <ol className="texts" reversed>
        {outbox.texts.map((text) => (
          <Texted key={text.id} text={text} />
        ))}
      </ol>
    </Panel>
  )
}

function Texted({ text: { at, to, code, body } }: { readonly text: BenchOutbox['texts'][number] }) {
  const say = useText()
  const [said, setSaid] = useState<Message>('bench.outbox.copy')
  const copy = () => navigator.clipboard.writeText(code).then(() => setSaid('bench.outbox.copied'))
  return (
    <li className="text">
      <p className="aside">
        <time dateTime={at}>{clock.format(new Date(at))}</time> <bdi dir="ltr">{to}</bdi>
      </p>
      <p className="text-code">
        <code dir="ltr">{code}</code>
        <button
          type="button"
          className="link"
          aria-label={`${say(said)} ${code}`}
          onClick={() => void copy().catch(() => {})}
        >
          {say(said)}
        </button>
      </p>
      <pre dir="auto">{body}</pre>
    </li>
  )
}

function useOutbox() {
  const [outbox, setOutbox] = useState<BenchOutbox | null>(null)
  const take = useCallback(async (response: Response) => {
    if (response.ok) setOutbox(await response.json())
  }, [])
  useEffect(() => {
    const look = () => {
      if (document.visibilityState === 'visible') void fetch(path).then(take, () => {})
    }
    look()
    const timer = setInterval(look, everyMs)
    return () => clearInterval(timer)
  }, [take])
  const change = (chaos: string) =>
    fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ chaos }),
    }).then(take)
  return { outbox, change }
}
