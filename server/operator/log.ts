import pino, { type DestinationStream, type Logger } from 'pino'

/** JSON lines on standard output, or elsewhere. Secrets are wrapped by type (secret.ts) and cannot be written. */
export const logTo = (level: string, elsewhere?: DestinationStream): Logger =>
  pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    elsewhere,
  )
