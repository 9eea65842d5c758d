import { z } from 'zod'

/** A network in CIDR notation; never the whole address space. */
export const network = z
  .union([z.cidrv4(), z.cidrv6()], { error: 'A network is written as 192.0.2.0/24 or 2001:db8::/32.' })
  .refine((cidr) => !cidr.endsWith('/0'), 'This would be every address there is.')
