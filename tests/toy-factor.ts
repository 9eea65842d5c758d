/** A factor that nobody should use: somebody allows the sign-in on another device, which here is a folder. */

/** What a new factor adds, file by file. */
export const toyFiles: Readonly<Record<string, string>> = {
  'shared/factors/toy.ts': `import { z } from 'zod'
import type { Contract } from './contract.ts'

/** Allowed on another device, where the same number is shown. */
export const toy = {
  id: 'toy',
  challenge: { prompt: z.strictObject({ number: z.string() }), answer: z.strictObject({}) },
  enrolment: { prompt: z.strictObject({}), answer: z.strictObject({}) },
} as const satisfies Contract
`,
  'server/factors/toy/toy.ts': `import { randomInt } from 'node:crypto'
import { contracts } from '#shared/factors/index.ts'
import type { Factor } from '../contract/factor.ts'
import { allowed, denied, type ToyDelivery } from './device.ts'

interface Asked {
  readonly number: string
}

export const toy: Factor<'toy', Asked, ToyDelivery> = {
  contract: contracts.toy,
  several: false,
  asksWhichOne: false,
  uses: 'until-right',

  async challenge({ deliver }, _demands, previous) {
    const number = previous?.number ?? String(randomInt(1_000_000))
    return { prompt: { number }, state: { number }, send: () => deliver({ by: 'toy', number }) }
  },

  async verify({ account, authenticators }, _answer, { number }) {
    const [own] = await authenticators()
    if (!own || account === null) return { is: 'refused', why: { code: 'denied' } }
    if (await denied(number)) return { is: 'refused', why: { code: 'denied' } }
    if (!(await allowed(number))) return { is: 'pending', askAgainInMs: 1000 }
    return { is: 'proven', account, authenticator: own.id, proof: { methods: ['otp'], proves: ['has'] }, spends: [] }
  },

  isDecided: async ({ number }) => (await allowed(number)) || denied(number),

  enrolment: {
    begin: async () => ({ is: 'asked', prompt: {}, state: null }),
    accept: async () => ({ is: 'made', label: 'Toy', credential: {} }),
  },

  import: async () => ({ ok: true, credential: {} }),
}
`,
  'server/factors/toy/device.ts': `import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Channel, Delivery } from '../contract/delivery.ts'

export interface ToyDelivery extends Delivery {
  readonly by: 'toy'
  readonly number: string
}

const device = process.env.TOY_DEVICE ?? ''

export const toyDevice: Channel<ToyDelivery> = {
  async deliver(account, { number }) {
    await writeFile(join(device, \`asked \${number}\`), account)
    return null
  },
  close: async () => {},
}

const says = async (what: string): Promise<boolean> => (await readdir(device)).includes(what)
export const allowed = (number: string) => says(\`allowed \${number}\`)
export const denied = (number: string) => says(\`denied \${number}\`)
`,
  'web/factors/toy/challenge.tsx': `import { useText } from '../../text/text.tsx'
import type { ChallengeProps, WebFactor } from '../contract/factor.ts'

const Challenge = ({ prompt: { number } }: ChallengeProps<'toy'>) => <p>{useText()('factor.toy.number', { number })}</p>

export const toy: WebFactor<'toy'> = { icon: 'M4 4h16v16H4z', Challenge, answer: () => ({}) }
`,
  'web/factors/toy/enrol.tsx': `import type { WebEnrolment } from '../contract/enrolment.ts'

export const toyEnrolment: WebEnrolment<'toy'> = { Enrol: () => null, answer: () => ({}) }
`,
  'web/text/locales/en/factors/toy.json': `{
  "door.toy": "Toy",
  "factor.toy.title": "Allow it on your toy",
  "factor.toy.number": "Your toy shows {number}, too.",
  "factor.toy.submit": "I’ve allowed it",
  "factor.toy.method": "Toy",
  "factor.toy.detail": "Your other device",
  "enrol.toy.title": "Add a toy",
  "enrol.toy.label": "Toy",
  "enrol.toy.submit": "Add it"
}
`,
}

interface Registry {
  /** How the file begins, where it needs more than it has. */
  readonly imports?: string
  readonly line: string
  /** What ends the list. */
  readonly end: string
}
const end = '} as const satisfies'

/** The registries that it stands in, and its line there. */
export const toyLines: Readonly<Record<string, Registry>> = {
  'shared/factors/table.ts': { line: `  toy: { potential: [has('otp')], ...plain, sent: true },`, end },
  'shared/factors/index.ts': { imports: `import { toy } from './toy.ts'`, line: '  toy,', end },
  'server/factors/registry.ts': { imports: `import { toy } from './toy/toy.ts'`, line: '  toy,', end },
  'server/factors/channels.ts': {
    imports: `import { toyDevice } from './toy/device.ts'`,
    line: '    toy: toyDevice,',
    end: '  }) satisfies Channels',
  },
  'web/factors/registry.ts': { imports: `import { toy } from './toy/challenge.tsx'`, line: '  toy,', end },
  'web/factors/enrolments.ts': {
    imports: `import { toyEnrolment } from './toy/enrol.tsx'`,
    line: '  toy: toyEnrolment,',
    end,
  },
  'web/text/factor-messages.ts': {
    line: `  readonly toy: typeof import('./locales/en/factors/toy.json')`,
    end: '}\ntype NamesIn',
  },
}
