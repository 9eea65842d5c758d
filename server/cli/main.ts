import '../provider/node-lts.ts'
import { Command } from 'commander'
import { OperatorError } from '../operator/operator-error.ts'
import { BadFile } from '../operator/yaml-file.ts'
import { StoreLocked } from '../store/store-locked.ts'
import type { Options } from './options.ts'
import type { PolicyOptions } from './policy.ts'
import type { ExplainOptions } from './policy-explain.ts'
import type { SimulateOptions } from './policy-simulate.ts'
import type { ImportOptions } from './tokens.ts'

const configOption = ['--config <file>', 'the configuration (or SALLYPORT_CONFIG; else the demo)'] as const
const dataOption = ['--data <folder>', 'the data folder (or SALLYPORT_DATA; else ./data)'] as const

// Keys, the store and its side files are for their owner alone.
process.umask(0o077)

// Each command is loaded when it is called: most need neither the engine nor the pages.
const program = new Command('sallyport')
  .description('An OpenID Provider whose tokens say truthfully how the person authenticated.')
  .version('0.1.0')
program
  .command('serve')
  .description('Serve the provider')
  .option(...configOption)
  .option(...dataOption)
  .option('--port <number>', 'the port to listen on (or PORT)')
  .option('--dev', 'serve the pages from source, reloading')
  .action(async (options: Options & { readonly dev?: boolean }) => (await import('./serve.ts')).serve(options))
const people = program.command('people').description('The people who can sign in')
people
  .command('import <file>')
  .description('Bring everybody in a YAML or JSON file into the store: all or nothing, and nothing twice')
  .option(...configOption)
  .option(...dataOption)
  .action(async (file: string, options: Options) => (await import('./people-import.ts')).peopleImport(file, options))
people
  .command('unlock <username>')
  .description('Forget wrong answers at somebody’s factors, wherever they came from')
  .option(...configOption)
  .option(...dataOption)
  .action(async (username: string, options: Options) =>
    (await import('./people-account.ts')).peopleUnlock(username, options),
  )
people
  .command('end-sessions <username>')
  .description('Sign somebody out everywhere: nothing that was proven until now counts any more')
  .option(...configOption)
  .option(...dataOption)
  .action(async (username: string, options: Options) =>
    (await import('./people-account.ts')).peopleEndSessions(username, options),
  )
const consents = program.command('consents').description('What people have allowed other people’s relying parties')
consents
  .command('list <username>')
  .description('What somebody has allowed, and until when')
  .option(...configOption)
  .option(...dataOption)
  .action(async (username: string, options: Options) => (await import('./consents.ts')).consentsList(username, options))
consents
  .command('withdraw <username> [client]')
  .description('Withdraw it, of one relying party or of all; its tokens end with it')
  .option(...configOption)
  .option(...dataOption)
  .action(async (username: string, client: string | undefined, options: Options) =>
    (await import('./consents.ts')).consentsWithdraw(username, client, options),
  )
const tokens = program.command('tokens').description('Hardware tokens')
tokens
  .command('import <file>')
  .description('Bring a seed file (PSKC, or CSV) into the drawer: all or nothing')
  .option('--partial', 'bring in what can be, and tell the rest')
  .option('--key-file <file>', 'the key that the file is encrypted with, in hexadecimal digits or as it is')
  .option('--password-file <file>', 'the password that the file is encrypted with')
  .option(...configOption)
  .option(...dataOption)
  .action(async (file: string, options: ImportOptions) => (await import('./tokens.ts')).tokensImport(file, options))
tokens
  .command('assign <serial> <username>')
  .description('Hand a token out to somebody')
  .option('--label <text>', 'what it is called (Token SERIAL)')
  .option(...configOption)
  .option(...dataOption)
  .action(async (serial: string, username: string, options: Options) =>
    (await import('./tokens.ts')).tokensAssign(serial, username, options),
  )
tokens
  .command('resync <username> <code> <following>')
  .description('Bring back a token that has run ahead, by two of its codes in a row')
  .option(...configOption)
  .option(...dataOption)
  .action(async (username: string, code: string, following: string, options: Options) =>
    (await import('./tokens.ts')).tokensResync(username, [code, following], options),
  )
const keys = program
  .command('keys')
  .description('The keys that tokens are signed with, and what is stored is sealed with')
keys
  .command('rotate')
  .description('Make new signing keys: published now, used later; the old ones stay until their tokens expire')
  .option('--ahead <duration>', 'how long they are published before they sign', '48h')
  .option('--file <file>', 'the JWK Set, where the configuration names one')
  .option(...configOption)
  .option(...dataOption)
  .action(async (options: Options & { readonly ahead: string }) =>
    (await import('./keys-rotate.ts')).keysRotate(options),
  )
const storageFileOption = ['--file <file>', 'the file of the storage keys, where the configuration names one'] as const
keys
  .command('rotate-storage')
  .description('Make a new storage key, which seals from the next start on; the old ones still open')
  .option(...storageFileOption)
  .option(...configOption)
  .option(...dataOption)
  .action(async (options: Options) => (await import('./keys-storage.ts')).keysRotateStorage(options))
keys
  .command('reseal')
  .description('Seal everything that is stored with the newest storage key; a server may run meanwhile')
  .option(...configOption)
  .option(...dataOption)
  .action(async (options: Options) => (await import('./keys-storage.ts')).keysReseal(options))
keys
  .command('drop-storage')
  .description('Take all storage keys but the newest out of their file, unless something stored needs one')
  .option(...storageFileOption)
  .option(...configOption)
  .option(...dataOption)
  .action(async (options: Options) => (await import('./keys-storage.ts')).keysDropStorage(options))
const config = program.command('config').description('The configuration')
config
  .command('check')
  .description('Check a configuration file')
  .option(...configOption)
  .action(async (options: Options) => (await import('./config-check.ts')).configCheck(options))
config
  .command('schema')
  .description('Print the JSON Schema of the configuration')
  .action(async () => (await import('./config-schema.ts')).configSchema())
const policy = program.command('policy').description('What policies decide, without signing anybody in')
const peopleOption = ['--people <file>', "a people file (else the bench's)"] as const
const jsonOption = ['--json', 'for machines'] as const
const atOption = ['--at <instant>', 'when (ISO 8601), else now'] as const
const browserOption = ['--browser <which>', 'a browser that is known or new, else unknown'] as const
policy
  .command('check')
  .description('Look for what is wrong with policies; fails where there is an error')
  .option(...configOption)
  .option(...peopleOption)
  .option(...jsonOption)
  .action(async (options: PolicyOptions) => (await import('./policy-check.ts')).policyCheck(options))
policy
  .command('explain')
  .description('Explain one decision: every rule, every flow, every requested value')
  .requiredOption('--client <id>', 'a client')
  .option('--person <username>', 'somebody of the people file')
  .option('--groups <names>', 'or somebody in these groups: staff,finance')
  .option('--has <factors>', '… who has these factors: password,totp')
  .option('--acr <values>', 'the acr_values that are requested')
  .option('--max-age <seconds>', 'the max_age that is requested')
  .option('--prompt <login>', 'the prompt that is requested')
  .option('--claims <json>', 'the claims that are requested, such as an essential acr')
  .option('--proven <factors>', 'what has just been proven: password,totp')
  .option('--from <address>', 'the network address, else unknown')
  .option(...atOption)
  .option(...browserOption)
  .option(...configOption)
  .option(...peopleOption)
  .option(...jsonOption)
  .action(async (options: ExplainOptions) => (await import('./policy-explain.ts')).policyExplain(options))
policy
  .command('simulate')
  .description('Put everybody before every client: the doors, and what the token would say')
  .option('--person <usernames...>', 'only these people')
  .option('--client <ids...>', 'only these clients')
  .option('--acr <values...>', 'a request for each of these; quote several values of one request')
  .option('--from <addresses...>', 'from each of these network addresses, else unknown')
  .option('--against <file>', 'show only what changes from another configuration, such as the one in force')
  .option('--cases', 'as cases for policy test')
  .option(...atOption)
  .option(...browserOption)
  .option(...configOption)
  .option(...peopleOption)
  .option(...jsonOption)
  .action(async (options: SimulateOptions) => (await import('./policy-simulate.ts')).policySimulate(options))
policy
  .command('test <file>')
  .description('Play cases; fails where one does not come to what it expects')
  .option(...configOption)
  .option(...peopleOption)
  .option(...jsonOption)
  .action(async (file: string, options: PolicyOptions) => (await import('./policy-test.ts')).policyTest(file, options))

try {
  await program.parseAsync()
} catch (error) {
  if (!(error instanceof BadFile || error instanceof OperatorError || error instanceof StoreLocked)) throw error
  console.error(error.message)
  process.exit(1)
}
