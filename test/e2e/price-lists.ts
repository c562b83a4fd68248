import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { root } from './surroundings.ts'

/** A mirror of providers' price lists on this computer, which answers what was recorded from Vultr in its two pages. */
export interface PriceLists {
  origin: string
  /** Paths that were asked for, in order. */
  asked: string[]
  stop(): Promise<void>
}

const PAGES: Readonly<Record<string, string>> = {
  '/v2/plans?per_page=500': 'vultr.json',
  '/v2/plans?per_page=500&cursor=bmV4dA%3D%3D': 'vultr-2.json',
}

export async function startPriceLists(): Promise<PriceLists> {
  const asked: string[] = []
  const server = createServer(({ url = '' }, response) => {
    asked.push(url)
    const name = PAGES[url]
    response.statusCode = name === undefined ? 404 : 200
    response.end(name && readFileSync(join(root, 'test/fixtures/price-sources', name)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
