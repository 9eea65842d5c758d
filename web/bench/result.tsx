import { useEffect, useRef } from 'react'
import { Link, useParams } from 'react-router'
import type { BenchRun } from '#shared/wire/bench.ts'
import { Text, useText } from '../text/text.tsx'
import { Panel } from '../ui/frame/panel.tsx'
import { Lost } from './callback.tsx'
import { clock } from './clock.ts'
import { type Result, resultOf, signOutUrl } from './relying-party.ts'
import { Trail, Why } from './why.tsx'

type Done = Extract<Result, { ok: true }>

/** The result of one run: the tokens and claims, and the trail and explanation behind them. */
export function ResultPage() {
  const say = useText()
  const result = resultOf(useParams().nonce ?? '')
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.title = say('title.page', { title: say('bench.result.title') })
    heading.current?.focus()
  }, [say])
  if (!result) return <Lost />
  return (
    <>
      <h1 ref={heading} tabIndex={-1}>
        {say('bench.result.title')}
      </h1>
      {result.ok ? <Issued result={result} /> : <RefusedRun result={result} />}
      <p className="actions">
        <Link className="button inline" to="/bench" state={result.wish}>
          {say('bench.result.again')}
        </Link>
        {result.ok && (
          <a className="button quiet inline" href={signOutUrl(result.idToken)}>
            {say('bench.result.sign-out')}
          </a>
        )}
      </p>
    </>
  )
}

function RefusedRun({ result: { error, description, run } }: { result: Extract<Result, { ok: false }> }) {
  const say = useText()
  return (
    <>
      <div className="panel verdict refused">
        <p>
          <Text id="bench.result.refused" values={{ error }} parts={[<code key="error" />]} />
        </p>
        {description && <p className="aside">{description}</p>}
      </div>
      {run && (
        <section className="panel" aria-label={say('bench.trail.title')}>
          <Story run={run} />
        </section>
      )}
    </>
  )
}

function Story({ run }: { run: BenchRun }) {
  const say = useText()
  return (
    <>
      <h2>{say('bench.trail.title')}</h2>
      <Trail trail={run.trail} />
      <h2>{say('bench.why.title')}</h2>
      <Why run={run} />
    </>
  )
}

function Issued({ result: { claims, header, idToken, userinfo, run } }: { result: Done }) {
  const say = useText()
  const amr = Array.isArray(claims.amr) ? claims.amr.map(String) : []
  return (
    <>
      <p className="panel verdict">
        <Text
          id="bench.result.issued"
          values={{ acr: String(claims.acr), amr: amr.join(', ') }}
          parts={[<code key="acr" />, <code key="amr" />]}
        />
      </p>
      <div className="bench-columns">
        <Panel title={say('bench.token.title')}>
          <p className="checked">
            <Text
              id="bench.token.verified"
              values={{ alg: header.alg ?? '?', kid: header.kid ?? '?' }}
              parts={[<code key="kid" />]}
            />
          </p>
          <Claims claims={claims} />
          <details>
            <summary>{say('bench.token.raw')}</summary>
            <pre>{idToken}</pre>
          </details>
          <details>
            <summary>{say('bench.userinfo')}</summary>
            <pre>{JSON.stringify(userinfo, null, 2)}</pre>
          </details>
        </Panel>
        <Panel title={say('bench.evidence.title')}>
          <p className="aside">{say('bench.evidence.lead')}</p>
          {run ? <Evidence amr={amr} run={run} /> : <p>{say('bench.evidence.none')}</p>}
          {run && <Story run={run} />}
        </Panel>
      </div>
    </>
  )
}

const marked = new Set(['acr', 'amr', 'auth_time'])

/** The claims as JSON, with the claims about the authentication marked. */
const Claims = ({ claims }: { claims: Done['claims'] }) => (
  <pre>
    {'{\n'}
    {Object.entries(claims).map(([name, value], at, all) => (
      <span key={name}>
        {`  "${name}": `}
        {marked.has(name) ? <mark>{JSON.stringify(value)}</mark> : JSON.stringify(value)}
        {at < all.length - 1 ? ',\n' : '\n'}
      </span>
    ))}
    {'}'}
  </pre>
)

function Evidence({ amr, run }: { amr: readonly string[]; run: BenchRun }) {
  const say = useText()
  return (
    <dl className="evidence">
      {amr.map((word) => {
        const behind = run.evidence.filter(({ methods }) => methods.some((method) => method === word))
        return (
          <div key={word}>
            <dt>
              <mark>{word}</mark>
            </dt>
            {behind.length === 0 && <dd>{say('bench.evidence.kinds')}</dd>}
            {behind.map(({ id, factor, at, proves }) => (
              <dd key={id}>
                <span>
                  <Text
                    id="bench.evidence.factor"
                    values={{ factor: say(`door.${factor}`), time: clock.format(new Date(at)) }}
                    parts={[<strong key="factor" />]}
                  />
                </span>
                <span className="aside">
                  {say('bench.evidence.proves', { kinds: proves.map((kind) => say(`bench.kind.${kind}`)).join(', ') })}
                </span>
                <code className="aside">{id}</code>
              </dd>
            ))}
          </div>
        )
      })}
    </dl>
  )
}
