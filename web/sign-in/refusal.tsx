import type { Refusal } from '#shared/refusal.ts'
import { Text } from '../i18n.tsx'
import { useTimeOf } from '../ui/instant.tsx'

/** Always there, so that screen readers hear it when it is filled. */
export const RefusalText = ({ refusal }: { refusal: Refusal | null }) => (
  <p className="refusal" id="refusal" role="alert">
    {refusal && <Reason refusal={refusal} />}
  </p>
)

const Reason = ({ refusal }: { refusal: Refusal }) => (
  <span>
    {refusal.until ? <Locked until={refusal.until} code={refusal.code} /> : <Text id={`refusal.${refusal.code}`} />}
  </span>
)

function Locked({ until, code }: { until: string; code: Refusal['code'] }) {
  const time = useTimeOf(until)
  return <Text id={`refusal.${code}`} values={{ time }} parts={[<time key="time" dateTime={until} />]} />
}
