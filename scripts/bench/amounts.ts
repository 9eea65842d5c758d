export interface Amounts {
  readonly few: number
  readonly many: number
  readonly records: number
  readonly warm: number
  readonly signIns: number
  readonly rounds: number
  readonly steps: number
  readonly visits: number
  readonly rss: number
}

export const whole: Amounts = {
  few: 5_000,
  many: 100_000,
  records: 1_000_000,
  warm: 800,
  signIns: 60,
  rounds: 11,
  steps: 40,
  visits: 9,
  rss: 3_000,
}
export const quick: Amounts = {
  ...whole,
  many: 20_000,
  records: 100_000,
  warm: 600,
  signIns: 40,
  rounds: 5,
  visits: 3,
  rss: 400,
}
