// Takes Argon2 out of a server: what a sign-in costs beside it is then measured, and not subtracted.
import { createRequire } from 'node:module'
import { join } from 'node:path'

export const hashes = { count: 0 }

const phc = '$argon2id$v=19$m=19456,t=2,p=1$c2FsdCBvZiB0aGUgYmVuY2g$VGhpcyBpcyBubyBoYXNoIGF0IGFsbCwgaXQgaXMgdGV4dC4'

/** Every password is right at once, in the program whose packages lie under `root`. Call before it loads them. */
export function takeHashOut(root: string): void {
  const argon2 = createRequire(join(root, 'package.json'))('@node-rs/argon2')
  // The exports are changed and not replaced: a module that imports them later takes them from this very object.
  Object.assign(argon2, {
    async verify() {
      hashes.count++
      return true
    },
    async hash() {
      hashes.count++
      return phc
    },
  })
}
