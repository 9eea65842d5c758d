import { useCallback, useEffect, useState } from 'react'
import type { BenchCode, BenchPerson } from '#shared/wire/bench.ts'
import { Text, useText } from '../text/text.tsx'
import { clock } from './clock.ts'

interface Props {
  readonly person: BenchPerson
  /** Announces what was copied in the page's live region. */
  readonly announce: (text: string) => void
}

/** The current codes of a person's devices, so that a tester needs no phone. */
export function Codes({ person: { username, name }, announce }: Props) {
  const say = useText()
  const { codes, look } = useCodes(username)
  const [copied, setCopied] = useState('')
  const copy = async ({ code, label }: BenchCode) => {
    await navigator.clipboard.writeText(code)
    setCopied(code)
    announce(say('bench.codes.copied', { name, label }))
    look()
  }
  if (codes.length === 0) return null
  return (
    <ul className="codes">
      {codes.map((one) => (
        <li key={`${one.factor} ${one.label}`}>
          <span>
            {one.label} <code className={one.usedUntil ? 'secret used' : 'secret'}>{one.code}</code>
          </span>
          <button type="button" className="link" onClick={() => void copy(one).catch(() => {})}>
            <span>
              <Text
                id={copied === one.code ? 'bench.codes.copy-again' : 'bench.codes.copy'}
                values={{ name, label: one.label }}
                parts={[<span className="unseen" key="what" />]}
              />
            </span>
          </button>
          <span className="aside">
            {one.until !== null &&
              say(one.usedUntil ? 'bench.codes.used' : 'bench.codes.until', {
                time: clock.format(new Date(one.usedUntil ?? one.until)),
              })}
          </span>
        </li>
      ))}
    </ul>
  )
}

const soonestMs = 1000
const latestMs = 30_000

/** The codes, looked up again when a code ends and when the page gets the focus: a code may have been used by then. */
function useCodes(username: string) {
  const [codes, setCodes] = useState<readonly BenchCode[]>([])
  const look = useCallback(() => {
    fetch(`/bench/api/people/${encodeURIComponent(username)}/codes`)
      .then((response) => (response.ok ? response.json() : []))
      .then(setCodes, () => setCodes([]))
  }, [username])
  useEffect(() => {
    look()
    addEventListener('focus', look)
    return () => removeEventListener('focus', look)
  }, [look])
  useEffect(() => {
    const ends = codes.flatMap(({ until }) => (until === null ? [] : [new Date(until).getTime()]))
    const next = Math.min(...ends) - Date.now()
    const timer = setTimeout(look, Math.min(Math.max(next, soonestMs), latestMs))
    return () => clearTimeout(timer)
  }, [codes, look])
  return { codes, look }
}
