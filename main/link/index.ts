/** Everything that carries the contract between two programs, each wrapped as a Link. */
export type { CoreStart, FromCore, ToCore } from './channel.ts'
export { linkOverSocket } from './frames.ts'
export { join } from './join.ts'
export { joinLocally, listenLocally, socketPath } from './local-socket.ts'
export { linkPair } from './memory.ts'
export { linkOverPort, type PortMain } from './message-port.ts'
export { Relay, type RelayMessage } from './relay.ts'
export { linkOverWebSocket } from './web-socket.ts'
