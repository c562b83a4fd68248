import { type CipherGCMTypes, createCipheriv, createSecretKey, type KeyObject } from 'node:crypto'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type ssh2 from 'ssh2'

/** The parts of ssh2 that write and read packets under AES-GCM: it makes a cipher for each packet. */
interface Writing {
  _dead: boolean
  _encSSLName: CipherGCMTypes
  _encKey: Buffer | KeyObject
  _encIV: Buffer
  outSeqno: number
  _onWrite(bytes: Buffer): void
  encrypt(packet: Buffer): void
}
interface Reading {
  _decipherKey: Buffer | KeyObject
}
interface Inside {
  _protocol?: { _cipher?: Partial<Writing>; _decipher?: Partial<Reading> }
  _sock?: Duplex
}

/**
 * Takes ssh2's packets through with less work and less memory, as far as its ciphers are AES-GCM; where it has another cipher, or
 * another version of it keeps its parts elsewhere, it goes on as it was. Its keys become key objects: Node makes one of the bytes
 * for each cipher anew, which takes ten times as long as the rest of making it. A packet goes to the socket as one piece and
 * not as three. What was read and written is given back as soon as it is done with: a relay of a database would otherwise fill
 * memory with packets until they are collected. After each exchange of keys there are new ciphers.
 */
export function keepPacketsSmall(client: ssh2.Client): void {
  let givesBack: Duplex | null = null
  client.on('handshake', () => {
    const { _protocol, _sock } = client as unknown as Inside
    const { _cipher, _decipher } = _protocol ?? {}
    if (isWriting(_cipher)) {
      _cipher._encKey = createSecretKey(_cipher._encKey as Buffer)
      _cipher.encrypt = (packet) => write(_cipher, packet, _sock)
    }
    if (!Buffer.isBuffer(_decipher?._decipherKey)) return
    _decipher._decipherKey = createSecretKey(_decipher._decipherKey)
    if (_sock === undefined || _sock === givesBack) return
    // Comes after ssh2's own listener, which has deciphered or copied all of it by then.
    givesBack = _sock
    _sock.on('data', giveBack)
  })
}

function isWriting(cipher: Partial<Writing> | undefined): cipher is Writing {
  return (
    Buffer.isBuffer(cipher?._encKey) &&
    Buffer.isBuffer(cipher._encIV) &&
    /^aes-\d+-gcm$/.test(cipher._encSSLName ?? '') &&
    typeof cipher._onWrite === 'function' &&
    typeof cipher.encrypt === 'function'
  )
}

const LENGTH_BYTES = 4
const TAG_BYTES = 16
const COUNTER_BYTES = 8

/** Only of a socket it is known that it has no more use for what it has written; a program's input may wait still. */
function write(to: Writing, packet: Buffer, socket: Duplex | undefined): void {
  if (to._dead) return
  const sent = sealed(to, packet)
  if (!(socket instanceof Socket)) to._onWrite(sent)
  else if (socket.writable) socket.write(sent, () => giveBack(sent))
}

/** A packet as RFC 5647 has it: its length in clear and vouched for, what is enciphered, the tag. */
function sealed(to: Writing, packet: Buffer): Buffer {
  const cipher = createCipheriv(to._encSSLName, to._encKey, to._encIV)
  cipher.setAutoPadding(false)
  cipher.setAAD(packet.subarray(0, LENGTH_BYTES))
  const enciphered = cipher.update(packet.subarray(LENGTH_BYTES))
  cipher.final()
  const sent = Buffer.allocUnsafe(packet.length + TAG_BYTES)
  sent.set(packet.subarray(0, LENGTH_BYTES))
  sent.set(enciphered, LENGTH_BYTES)
  sent.set(cipher.getAuthTag(), packet.length)
  giveBack(enciphered)
  giveBack(packet)
  countUp(to._encIV)
  to.outSeqno = (to.outSeqno + 1) >>> 0
  return sent
}

/** The last eight bytes of the nonce count the packets. */
function countUp(nonce: Buffer): void {
  for (let at = nonce.length - 1; at >= nonce.length - COUNTER_BYTES; at -= 1) {
    const next = ((nonce[at] ?? 0) + 1) & 0xff
    nonce[at] = next
    if (next !== 0) return
  }
}

/** Frees a buffer that has its memory to itself; one that shares it is left to be collected. Nobody may use it afterwards. */
export function giveBack(bytes: Buffer): void {
  const { buffer } = bytes
  if (buffer instanceof ArrayBuffer && bytes.length >= SMALLEST && bytes.length === buffer.byteLength)
    buffer.transfer(0)
}

/** Below this it costs more than it gives. */
const SMALLEST = 4096
