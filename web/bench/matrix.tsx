import { Fragment, useEffect, useId, useState } from 'react'
import type { Cell } from '#shared/policy/tools/matrix.ts'
import type { BenchClient, BenchPerson, BenchTrace } from '#shared/wire/bench.ts'
import { useText } from '../text/text.tsx'
import { Panel } from '../ui/frame/panel.tsx'
import { Doors, useOutcome } from './outcome.tsx'
import { useJson } from './use-json.ts'
import { WhatIf } from './what-if.tsx'
import { Why } from './why.tsx'
import './matrix.css'

/** How many values of acr_values_supported are levels: discovery lists them first. */
const levels = 5
const queryFor = (values: readonly string[]) => values.map((value) => `acr=${encodeURIComponent(value)}`).join('&')

/** The matrix of demo people and requested acr values at one client; a cell opens its trace. */
export function MatrixPage() {
  const say = useText()
  const clients = useJson<readonly BenchClient[]>('/bench/api/clients')
  const discovery = useJson<{ readonly acr_values_supported?: readonly string[] }>('/.well-known/openid-configuration')
  const select = useId()
  const [chosen, setChosen] = useState<string | null>(null)
  const client = clients?.find(({ id }) => id === chosen) ?? clients?.[0]
  useEffect(() => {
    document.title = say('title.page', { title: say('bench.matrix.title') })
  }, [say])
  if (!clients || !client || !discovery) return <p>{say('bench.loading')}</p>
  const asked = ['', ...(discovery.acr_values_supported ?? []).slice(0, levels)]
  const path = `/bench/api/matrix/${client.id}`
  return (
    <>
      <h1>{say('bench.matrix.title')}</h1>
      <p className="lead">{say('bench.matrix.lead')}</p>
      <div className="panel">
        <div className="field">
          <label htmlFor={select}>{say('bench.client')}</label>
          <select className="input" id={select} value={client.id} onChange={(event) => setChosen(event.target.value)}>
            {clients.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </div>
        <Matrix key={client.id} client={client} path={path} asked={asked} />
        <p>
          <a href={`${path}/cases?${queryFor(asked)}`} download>
            {say('bench.matrix.cases')}
          </a>
        </p>
        <WhatIf key={`draft ${client.id}`} path={`${path}?${queryFor(asked)}`} />
      </div>
    </>
  )
}

interface Props {
  readonly client: BenchClient
  readonly path: string
  readonly asked: readonly string[]
}

function Matrix({ client, path, asked }: Props) {
  const say = useText()
  const cells = useJson<readonly Cell[]>(`${path}?${queryFor(asked)}`) ?? []
  const people = useJson<readonly BenchPerson[]>('/bench/api/people') ?? []
  const [open, setOpen] = useState<Cell | null>(null)
  return (
    <>
      <section className="matrix-frame" aria-label={say('bench.matrix.title')}>
        <table className="matrix">
          <thead>
            <tr>
              <th scope="col">{say('bench.matrix.person')}</th>
              {asked.map((value) => (
                <th scope="col" key={value}>
                  {value ? <Level value={value} /> : say('bench.matrix.plain')}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {people.map(({ username, name }) => (
              <tr key={username}>
                <th scope="row">
                  <bdi>{name}</bdi>
                </th>
                {cells
                  .filter(({ person }) => person === username)
                  .map((cell) => (
                    <td key={cell.acrValues.join(' ')}>
                      <CellButton cell={cell} name={name} isOpen={cell === open} show={() => setOpen(cell)} />
                    </td>
                  ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {open && <Trace key={`${open.person} ${open.acrValues}`} cell={open} path={path} policy={client.policy} />}
    </>
  )
}

/** A level's value, which breaks into lines after a colon and not within a word. */
const Level = ({ value }: { value: string }) => (
  <code>
    {value.split(/(?<=:)/).map((part) => (
      <Fragment key={part}>
        {part}
        <wbr />
      </Fragment>
    ))}
  </code>
)

interface CellProps {
  readonly cell: Cell
  readonly name: string
  readonly isOpen: boolean
  readonly show: () => void
}

function CellButton({ cell: { acrValues, outcome }, name, isOpen, show }: CellProps) {
  const say = useText()
  const spoken = useOutcome()
  const asked = acrValues.join(' ') || say('bench.matrix.plain')
  return (
    <button
      type="button"
      className={`cell ${outcome.is}`}
      aria-pressed={isOpen}
      aria-label={say('bench.matrix.cell', { person: name, asked, outcome: spoken(outcome) })}
      onClick={show}
    >
      <Doors outcome={outcome} />
    </button>
  )
}

/** The policy engine's trace of one cell. */
function Trace({ cell, path, policy }: { cell: Cell; path: string; policy: string }) {
  const say = useText()
  const spoken = useOutcome()
  const { person, acrValues } = cell
  const asked = acrValues.join(' ')
  const trace = useJson<BenchTrace>(`${path}/${encodeURIComponent(person)}?${queryFor([asked])}`)
  return (
    <Panel className="trace" title={say('bench.matrix.trace', { person, asked: asked || say('bench.matrix.plain') })}>
      <p className="aside">{say('bench.matrix.before')}</p>
      {trace && (
        <>
          <Why run={{ why: trace, policy }} />
          <p role="status">{say('bench.matrix.ends', { outcome: spoken(trace.outcome) })}</p>
        </>
      )}
    </Panel>
  )
}
