import type { StoreSettings } from '../store/open.ts'
import type { Config } from './load.ts'
import { claimsOf } from './scopes.ts'

/** The settings that the store is opened with. */
export const storeSettingsOf = ({
  store,
  resources,
  scopes,
}: Pick<Config, 'store' | 'resources' | 'scopes'>): StoreSettings => ({
  sqlite: store.sqlite,
  places: {
    scopes: Object.keys(claimsOf({ scopes })),
    apis: [...resources].map(([resource, api]) => ({ resource, scopes: api.scopes })),
  },
})
