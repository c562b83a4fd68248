import { type Command, done } from './command.ts'

export const serve: Command = {
  words: ['serve'],
  usage: 'serve [--port N] [--vault | --vault-file PATH | --vault-fd N]',
  summary:
    'serves the app to a browser, on 127.0.0.1 only, and measures and alerts until SIGTERM; see docs/jump-host.md',
  options: {
    port: { type: 'string' },
    vault: { type: 'boolean' },
    'vault-file': { type: 'string' },
    'vault-fd': { type: 'string' },
  },
  positionals: { min: 0, max: 0 },
  async runOnFolder({ workspace, values }) {
    const named = (['port', 'vault-file', 'vault-fd'] as const).flatMap((name) => {
      const value = values[name]
      return typeof value === 'string' ? [`--${name}=${value}`] : []
    })
    await workspace.serve(values.vault === true ? [...named, '--vault'] : named)
    return done(undefined)
  },
}
