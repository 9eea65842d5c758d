import { z } from 'zod'
import { configuration } from '../config/schema.ts'

/** `sallyport config schema`: JSON Schema (2020-12) on standard output. */
export function configSchema(): void {
  process.stdout.write(`${JSON.stringify(z.toJSONSchema(configuration, { io: 'input' }), null, 2)}\n`)
}
