import type { z } from 'zod'
import { canonical } from '#shared/username.ts'
import type { AppContext } from '../context/app-context.ts'
import { OperatorError } from '../operator/operator-error.ts'
import type { Sessions } from '../provider/sessions.ts'

/** One operation of the API: its route and its description are both made of this. */
export interface Operation {
  readonly path: string
  readonly summary: string
  readonly input: z.ZodType
  readonly output: z.ZodType
  /** `input` has been parsed by the schema. */
  readonly run: (app: AppContext, input: never, sessions: Sessions) => Promise<unknown>
}

/** Makes an operation whose `run` has the types of its schemas. */
export const operation = <In extends z.ZodType>(
  one: Omit<Operation, 'input' | 'run'> & {
    readonly input: In
    readonly run: (app: AppContext, input: z.output<In>, sessions: Sessions) => Promise<unknown>
  },
): Operation => one

/** The id of somebody's account. Throws {@link OperatorError} for a name that nobody has. */
export const requestedPerson = async ({ store }: Pick<AppContext, 'store'>, username: string): Promise<string> => {
  const person = await store.people.byName(canonical(username) ?? '')
  if (!person) throw new OperatorError(`There is nobody called "${username}".`)
  return person.id
}
