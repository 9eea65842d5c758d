import { DatabaseSync, type StatementSync } from 'node:sqlite'

// Loaded before the server in a process of its own: kills it, as kill -9 does, at a statement that its parent chooses,
// either before that statement runs or after it. Statements are counted from when the parent says.

interface Armed {
  readonly at: number
  readonly when: 'before' | 'after'
}

type Value = Parameters<StatementSync['all']>[1]

let armed: Armed | null = null
let statements = 0

/** Counts one statement around its run. */
function counted<T>(run: () => T): T {
  const isIt = armed !== null && ++statements === armed.at
  if (isIt && armed?.when === 'before') process.kill(process.pid, 'SIGKILL')
  const done = run()
  if (isIt) process.kill(process.pid, 'SIGKILL')
  return done
}

const prepare = DatabaseSync.prototype.prepare
DatabaseSync.prototype.prepare = function (sql) {
  const statement = prepare.call(this, sql)
  const [run, all] = [statement.run.bind(statement), statement.all.bind(statement)]
  return Object.assign(statement, {
    run: (...values: Value[]) => counted(() => run(...values)),
    all: (...values: Value[]) => counted(() => all(...values)),
  })
}

process.on('message', (message: Armed | 'count') => {
  if (message === 'count') process.send?.(statements)
  else {
    armed = message
    statements = 0
    process.send?.('armed')
  }
})
