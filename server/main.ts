import './runtime.ts'
import { Command } from 'commander'
import { configCheck } from './cli/config-check.ts'
import { configSchema } from './cli/config-schema.ts'
import { peopleImport } from './cli/people-import.ts'
import { serve } from './cli/serve.ts'
import { BadFile } from './config/load.ts'
import { BadKeys } from './keys.ts'
import { Refused } from './settings.ts'

const configOption = ['--config <file>', 'the configuration (or SALLYPORT_CONFIG; else the demo)'] as const
const dataOption = ['--data <folder>', 'the data folder (or SALLYPORT_DATA; else ./data)'] as const

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
  .action(serve)
program
  .command('people')
  .description('The people who can sign in')
  .command('import <file>')
  .description('Bring everybody in a YAML or JSON file into the store: all or nothing, and nothing twice')
  .option(...configOption)
  .option(...dataOption)
  .action(peopleImport)
const config = program.command('config').description('The configuration')
config
  .command('check')
  .description('Check a configuration file')
  .option(...configOption)
  .action(configCheck)
config.command('schema').description('Print the JSON Schema of the configuration').action(configSchema)

try {
  await program.parseAsync()
} catch (error) {
  if (!(error instanceof BadFile || error instanceof BadKeys || error instanceof Refused)) throw error
  console.error(error.message)
  process.exitCode = 1
}
