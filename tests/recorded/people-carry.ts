import { generateSync } from 'otplib'
import { codeAt } from '#server/factors/oath/codes.ts'
import type { App } from '../app.ts'
import rfc from '../factors/rfc4226.json' with { type: 'json' }
import { codeIn, textsAt } from '../phones.ts'
import type { TestServer } from '../test-server.ts'

/** What an app shows at this moment. */
export const shownBy = ({ secret }: Pick<App, 'secret'>): string => generateSync({ secret, epoch: Date.now() / 1000 })
/** What the button shows that was pressed so often. */
export const pressed = (times: number): string => codeAt({ secret: rfc.secret, algorithm: 'sha1', digits: 6 }, times)
export const texted = (server: TestServer): string => codeIn(textsAt(server)[0]?.body ?? '')
/** A code of as many digits that is another one. */
export const not = (code: string): string => String((Number(code) + 1) % 1_000_000).padStart(6, '0')
