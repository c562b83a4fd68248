import { os } from './base.ts'

export const servicesRouter = os.services.router({
  list: os.services.list.handler(async ({ context: { hosts }, input: { hostId } }) => {
    hosts.get(hostId)
    return { services: hosts.services.list(hostId), withSecret: await hosts.services.withSecret(hostId) }
  }),
  set: os.services.set.handler(async ({ context: { hosts, events }, input: { hostId, services, secrets } }) => {
    hosts.get(hostId)
    await hosts.services.set(hostId, services, secrets)
    events.emit({ kind: 'hosts' })
    return { services: hosts.services.list(hostId), withSecret: await hosts.services.withSecret(hostId) }
  }),
  try: os.services.try.handler(({ context, input: { hostId, service, secret } }) =>
    context.metrics.tryService(hostId, service, secret ?? null),
  ),
  offers: os.services.offers.handler(({ context, input: { hostId } }) => context.metrics.offers(hostId)),
})
