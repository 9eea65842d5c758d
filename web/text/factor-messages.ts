/** The names of each factor's texts, one line a factor. The build finds the texts. */
interface Catalogues {
  readonly password: typeof import('./locales/en/factors/password.json')
  readonly totp: typeof import('./locales/en/factors/totp.json')
  readonly token: typeof import('./locales/en/factors/token.json')
  readonly passkey: typeof import('./locales/en/factors/passkey.json')
  readonly sms: typeof import('./locales/en/factors/sms.json')
  readonly smartcard: typeof import('./locales/en/factors/smartcard.json')
  readonly grid: typeof import('./locales/en/factors/grid.json')
  readonly 'recovery-code': typeof import('./locales/en/factors/recovery-code.json')
}
type NamesIn<Catalogue> = Catalogue extends unknown ? Exclude<keyof Catalogue, 'default'> : never

export type FactorMessage = NamesIn<Catalogues[keyof Catalogues]>
