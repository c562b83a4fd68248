// Runs a program that is the point of the command: it gets the terminal, its signals and its exit code.
import { spawn } from 'node:child_process'
import { root } from './bootstrap.mjs'

export function run(command, args, { env = process.env, cwd = root } = {}) {
  return new Promise((done) => {
    const child = spawn(command, args, { stdio: 'inherit', cwd, env })
    const pass = (signal) => child.kill(signal)
    // The terminal sends Ctrl-C to the child itself; only what comes to this process alone is passed on.
    const ignore = () => {}
    process.on('SIGINT', ignore)
    process.on('SIGTERM', pass)
    process.on('SIGHUP', pass)
    child.on('error', (error) => {
      process.stderr.write(`${command} could not be started: ${error.message}\n`)
      done(1)
    })
    child.on('exit', (code, signal) => done(signal ? 1 : (code ?? 1)))
  })
}
