import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

/** Gives one address of 127.0.0.0/8 after another, from a random place, so that runs side by side do not meet. */
export function loopbackAddresses(): () => string {
  const second = randomInt(1, 255)
  const third = randomInt(1, 255)
  let last = randomInt(1, 100)
  return () => `127.${second}.${third}.${last++}`
}

/** A port that nothing listens on at this moment. */
export function freePort(address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, address, () => {
      const bound = server.address()
      server.close(() =>
        typeof bound === 'object' && bound !== null ? resolve(bound.port) : reject(new Error('no port')),
      )
    })
  })
}
