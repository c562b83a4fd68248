import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/message-port'
import type { ContractRouterClient } from '@orpc/contract'
import type { Contract } from './contract.ts'
import { type Link, portOf } from './link.ts'

export type CoreClient = ContractRouterClient<Contract>

/** The typed client of the core at the other end of a link. */
export function clientOver(link: Link): CoreClient {
  return createORPCClient(new RPCLink({ port: portOf(link) as never }))
}
