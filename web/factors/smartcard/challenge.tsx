import { useText } from '../../text/text.tsx'
import { Icon } from '../../ui/door/icon.tsx'
import type { BesideProps, WebFactor } from '../contract/factor.ts'

const icon =
  'M4 5h16a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2zM16 10h2M16 14h2M6.2 15a3 3 0 0 1 5.6 0M9 9a2 2 0 1 0 0 4 2 2 0 0 0 0-4z'

function Challenge() {
  const say = useText()
  return (
    <>
      <ol>
        <li>{say('factor.smartcard.insert')}</li>
        <li>{say('factor.smartcard.pick')}</li>
        <li>{say('factor.smartcard.pin')}</li>
      </ol>
      <p className="sub">{say('factor.smartcard.address')}</p>
    </>
  )
}

function Beside({ door }: BesideProps<'smartcard'>) {
  const say = useText()
  return (
    <a className="button quiet" href={door ?? undefined}>
      <Icon path={icon} />
      {say('factor.smartcard.beside')}
    </a>
  )
}

export const smartcard: WebFactor<'smartcard'> = {
  icon,
  Challenge,
  Beside,
}
