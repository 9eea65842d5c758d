import { useEffect, useState } from 'react'
import { Link, useNavigate } from 'react-router'
import { Text, useText } from '../text/text.tsx'
import { finish } from './relying-party.ts'

const arrivals = new Map<string, Promise<string | null>>()

/** Redeems a code once, though React runs effects twice in development. */
function arrive(href: string) {
  const known = arrivals.get(href) ?? finish(new URL(href))
  arrivals.set(href, known)
  return known
}

/** The page of the redirect URI. */
export function Callback() {
  const say = useText()
  const navigate = useNavigate()
  const [lost, setLost] = useState(false)
  useEffect(() => {
    void arrive(location.href).then((nonce) =>
      nonce ? navigate(`/bench/runs/${nonce}`, { replace: true }) : setLost(true),
    )
  }, [navigate])
  return lost ? <Lost /> : <p>{say('bench.loading')}</p>
}

export function Lost() {
  const say = useText()
  const error = new URLSearchParams(location.search).get('error')
  return (
    <>
      <h1>{say('bench.result.title')}</h1>
      <p>{say('bench.result.lost')}</p>
      {error && (
        <p>
          <Text id="bench.result.refused" values={{ error }} parts={[<code key="error" />]} />
        </p>
      )}
      <Link className="button inline" to="/bench">
        {say('bench.result.again')}
      </Link>
    </>
  )
}
