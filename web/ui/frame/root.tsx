import { type ReactNode, StrictMode } from 'react'
import { ServiceName, Translated } from '../../text/text.tsx'

interface Props {
  readonly locale: string
  readonly serviceName: string
  readonly children: ReactNode
}

/** The providers around every page, on the server and in the browser. */
export const Root = ({ locale, serviceName, children }: Props) => (
  <StrictMode>
    <ServiceName value={serviceName}>
      <Translated locale={locale}>{children}</Translated>
    </ServiceName>
  </StrictMode>
)
