import { randomUUID } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Anchor, cardValidator } from '#server/factors/smartcard/validate-card.ts'
import { readCertificate } from '#server/factors/smartcard/x509/certificate.ts'
import { dersIn, type Issued } from '../pki.ts'
import { certificateIn } from './card-server.ts'

/** A judge of cards with one anchor, whose lists are written to files as they are. */
export function listJudge(
  folder: string,
  anchors: readonly Pick<Issued, 'certificate'>[],
  unreachable: Anchor['unreachable'],
  hosts: readonly string[] = [],
) {
  const certificates = anchors.map(({ certificate }) => certificateIn(certificate))
  return async (
    { chain }: Pick<Issued, 'chain'>,
    lists: readonly Buffer[],
    intermediates: readonly Pick<Issued, 'certificate'>[] = [],
  ) => {
    const files = lists.map((list) => {
      const file = join(folder, `${randomUUID()}.crl`)
      writeFileSync(file, list)
      return file
    })
    const anchor = {
      name: 'harbour',
      certificates,
      intermediates: intermediates.flatMap(({ certificate }) => readCertificate(readFileSync(certificate)) ?? []),
      sources: { lists: files, responder: null, hosts, needsNonce: true },
      unreachable,
    }
    const judgement = await cardValidator([anchor])(dersIn(chain), Date.now())
    return judgement.ok ? { why: 'good', detail: '' } : judgement
  }
}
