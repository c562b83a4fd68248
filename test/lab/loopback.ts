import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

/** 1 to 254: neither a network's own number nor its broadcast. */
const LAST_OCTETS = 254

/** Gives one address of 127.0.0.0/8 after another, from a random place, so that runs side by side do not meet. */
export function loopbackAddresses(): () => string {
  const second = randomInt(1, 255)
  let number = randomInt(0, LAST_OCTETS * LAST_OCTETS)
  return () => {
    const [third, last] = [Math.floor(number / LAST_OCTETS) % LAST_OCTETS, number % LAST_OCTETS]
    number += 1
    return `127.${second}.${third + 1}.${last + 1}`
  }
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
