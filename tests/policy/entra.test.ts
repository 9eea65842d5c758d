import { expect, test } from 'vitest'
import { entraAcr } from '#shared/acr/entra.ts'
import { meaningOf, vocabularyOf } from '#shared/acr/index.ts'
import { next } from '#shared/policy/engine/next.ts'
import { ask, facts, flow, proven, terms } from './fixtures.ts'

// Microsoft Entra's bare values, known at its own issuer alone: possession can be met, and nothing else.

const atEntra = { ...terms(flow(['password', 'totp', 'passkey'])), vocabulary: entraAcr }
const asking = (value: string) => ({ ...ask, essentialAcr: [value] })

test.each(['possession', 'possessionorinherence', 'knowledgeorpossession', 'knowledgeorpossessionorinherence'])(
  '%s asks for something the person has, and never for a password',
  (value) => {
    expect(next(atEntra, asking(value), facts())).toMatchObject({ offers: [{ factor: 'totp' }, { factor: 'passkey' }] })
    expect(next(atEntra, asking(value), facts([proven('totp')]))).toMatchObject({ is: 'done', acr: value })
  },
)

test.each(['knowledge', 'inherence', 'knowledgeorinherence'])('%s can be met by nothing of ours', (value) => {
  expect(next(atEntra, asking(value), facts([proven('password'), proven('passkey')]))).toMatchObject({
    is: 'refuse',
    why: { code: 'unmet' },
  })
})

test('no other client knows them', () => {
  for (const value of Object.keys(entraAcr)) expect(meaningOf(value, vocabularyOf({}))).toBeNull()
})
