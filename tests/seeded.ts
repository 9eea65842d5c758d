import fc from 'fast-check'

// The same samples each time, so that one commit is green or red whoever tests it; `npm run test:all` looks at others.

if (!process.env.SALLYPORT_EXHAUSTIVE) fc.configureGlobal({ seed: 20_261_125 })
