import type { FactorId } from '#shared/factors/table.ts'
import type { BenchRun } from '#shared/wire/bench.ts'
import { Text, useText } from '../text/text.tsx'
import './result.css'

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium', hourCycle: 'h23' })

/** Every entry of the audit log about a run. */
export function Trail({ trail }: Pick<BenchRun, 'trail'>) {
  const say = useText()
  return (
    <ol className="trail">
      {trail.map(({ id, at, kind, factor, where, why }) => (
        <li key={id} className={kind}>
          <time dateTime={at}>{clock.format(new Date(at))}</time>{' '}
          <Text
            id={`bench.trail.${kind}`}
            values={{ factor: say(`door.${factor}`), why: why ?? '' }}
            parts={[<strong key="factor" />, <code key="why" />]}
          />
          {where && <span className="aside"> {say('bench.trail.where', { where })}</span>}
        </li>
      ))}
    </ol>
  )
}

/** The policy engine's explanation: every rule, every flow, every value. */
export function Why({ run: { why, policy } }: { run: Pick<BenchRun, 'why' | 'policy'> }) {
  const say = useText()
  if (!why) return <p>{say('bench.why.changed')}</p>
  return (
    <>
      <table className="why">
        <caption className="aside">{say('bench.why.rules', { policy })}</caption>
        <tbody>
          {why.rules.map(({ name, verdict, reached, decides, unmet }) => (
            <tr key={name} className={decides ? 'decides' : undefined}>
              <th scope="row">
                <code>{name}</code>
              </th>
              <td>{say(reached ? `bench.why.${verdict}` : 'bench.why.not-reached')}</td>
              <td>
                {unmet.map(({ is, wanted, seen }) => (
                  <span key={`${is} ${wanted.join()}`}>
                    {say('bench.why.unmet', { is, wanted: wanted.join(', '), seen: seen?.join(', ') || '–' })}{' '}
                  </span>
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <ul>
        {why.values.map(({ value, known, usable }) => (
          <li key={value}>
            <code>{value}</code> {say(usable ? 'bench.why.usable' : known ? 'bench.why.unusable' : 'bench.why.unknown')}
          </li>
        ))}
        {why.flows.map(({ rule, steps, because, by, disabled }, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: flows stand in the policy's order
          <li key={at}>
            <Steps steps={steps} /> {say(`bench.why.because.${because}`, { rule, by: by.join(', ') || '–' })}
            {disabled.length > 0 && (
              <strong>
                {' '}
                {say('bench.why.disabled', { factors: disabled.map((one) => say(`door.${one}`)).join(', ') })}
              </strong>
            )}
            {by.length > 0 && because !== 'unknown-rule' && <span className="aside"> {by.join(' ')}</span>}
          </li>
        ))}
      </ul>
      {why.shutForStrangers.length > 0 && (
        <p>
          <strong>
            {say('bench.why.shut', { factors: why.shutForStrangers.map((one) => say(`door.${one}`)).join(', ') })}
          </strong>
        </p>
      )}
    </>
  )
}

function Steps({ steps }: { steps: readonly (readonly FactorId[])[] }) {
  const say = useText()
  return (
    <strong>{steps.map((step) => step.map((factor) => say(`door.${factor}`)).join(' / ')).join(' → ') || '–'}</strong>
  )
}
