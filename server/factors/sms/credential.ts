/** The stored data of a phone: its number in E.164, sealed at rest like every credential. */
export interface SmsCredential {
  readonly number: string
}
export const numberOf = (credential: unknown): string => (credential as SmsCredential).number
