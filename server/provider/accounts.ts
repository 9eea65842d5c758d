import type { Account } from 'oidc-provider'
import type { House } from '../house.ts'

/** A person, as the engine wants one: the claims of the scopes `profile`, `email` and `groups`. */
export const accountsOf =
  ({ store }: Pick<House, 'store'>) =>
  async (_ctx: unknown, id: string): Promise<Account | undefined> => {
    const person = await store.people.get(id)
    if (!person) return undefined
    return {
      accountId: person.id,
      claims: () => ({
        sub: person.id,
        preferred_username: person.username,
        ...(person.name === null ? {} : { name: person.name }),
        ...(person.email === null ? {} : { email: person.email }),
        groups: person.groups,
      }),
    }
  }
