import pino, { type DestinationStream, type Logger } from 'pino'

/** A log of JSON lines, by default on standard output. Secrets are wrapped by type (secret.ts) and never written. */
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
