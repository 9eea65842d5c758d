/** What is kept of a phone: its number in E.164, sealed at rest like every secret. */
export interface Kept {
  readonly number: string
}
export const numberOf = (kept: unknown): string => (kept as Kept).number
