// npm run check: types, layers, format and lint, floating promises, dead code.
import { setUp } from './bootstrap.mjs'
import { runChecks } from './checks.mjs'

setUp(import.meta.url)
const { failed } = await runChecks()
process.exitCode = failed === 0 ? 0 : 1
