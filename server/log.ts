import pino, { type Logger } from 'pino'

/** JSON lines on standard output. Secrets are wrapped by type (secret.ts) and cannot be written. */
export const logTo = (level: string): Logger =>
  pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  })
