import type { IncomingMessage, ServerResponse } from 'node:http'
import type Provider from 'oidc-provider'

export interface Http {
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
}

/**
 * The interactions that requests have found: a request that resolves its interaction saves the one that it found.
 * Whoever resolves one has changed its sign-in by compare-and-set, or says again what that change said.
 */
export function foundInteractions(provider: Provider) {
  const found = new WeakMap<IncomingMessage, Awaited<ReturnType<Provider['interactionDetails']>>>()
  return {
    keep: (incoming: IncomingMessage, interaction: Awaited<ReturnType<Provider['interactionDetails']>>): void =>
      void found.set(incoming, interaction),
    /** Gives the address where the browser goes on. */
    async resolve({ incoming, outgoing }: Http, outcome: Parameters<Provider['interactionResult']>[2]) {
      const interaction = found.get(incoming) ?? (await provider.interactionDetails(incoming, outgoing))
      interaction.result = outcome
      await interaction.persist()
      return interaction.returnTo
    },
  }
}
