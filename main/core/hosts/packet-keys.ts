import { createSecretKey, type KeyObject } from 'node:crypto'
import type ssh2 from 'ssh2'

/** The parts of ssh2 that hold the keys of AES-GCM: it makes a cipher for each packet. */
interface Keyed {
  _cipher?: { _encKey?: Buffer | KeyObject }
  _decipher?: { _decipherKey?: Buffer | KeyObject }
}

/**
 * Hands ssh2 its packet keys as key objects. Node makes one of the bytes for each cipher anew, which takes ten times as long
 * as the rest of making the cipher, and ssh2 makes one for each packet. After each exchange of keys there are new ones. Where
 * ssh2 keeps them elsewhere (another cipher, another version of it), it goes on as it was.
 */
export function keepPacketKeys(client: ssh2.Client): void {
  client.on('handshake', () => {
    const { _cipher, _decipher } = (client as unknown as { _protocol?: Keyed })._protocol ?? {}
    if (Buffer.isBuffer(_cipher?._encKey)) _cipher._encKey = createSecretKey(_cipher._encKey)
    if (Buffer.isBuffer(_decipher?._decipherKey)) _decipher._decipherKey = createSecretKey(_decipher._decipherKey)
  })
}
