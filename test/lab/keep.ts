import { startLab } from './index.ts'

/** `npm run lab`: keeps the lab up until Ctrl-C, and says what it holds. */
const interrupted = new Promise<void>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
})
const keepAlive = setInterval(() => {}, 1 << 30)
const lab = await startLab({ servers: 3, passwordUser: process.getuid?.() === 0 })
const lines = [
  `folder        ${lab.folder}`,
  ...lab.servers.map(
    (server) =>
      `ssh server    ssh -p ${server.port} -i ${lab.keys.plain.path} ${lab.user}@${server.address}   ${server.hostKey.fingerprint}`,
  ),
  `encrypted key ${lab.keys.encrypted.path}   passphrase: ${lab.keys.encrypted.passphrase}`,
  `agent         SSH_AUTH_SOCK=${lab.agent.socket}`,
  ...(lab.passwordUser === null
    ? []
    : [`password user ${lab.passwordUser.name}   password: ${lab.passwordUser.password}`]),
  'Ctrl-C stops it and removes everything.',
]
process.stdout.write(`${lines.join('\n')}\n`)
await interrupted
clearInterval(keepAlive)
await lab.stop()
