import { protocol, type Session } from 'electron'
import { pageHeaders, rendererFile } from '../launch/index.ts'
import { isOwnPage, SCHEME } from './addresses.ts'

/** Must be called before the app is ready. */
export function declareScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ])
}

/** Serves the built renderer as app://headroom/, with the content security policy on every answer. */
export function serveRenderer(session: Session, folder: string): void {
  session.protocol.handle(SCHEME, async (request) => {
    if (!isOwnPage(request.url) || request.method !== 'GET') {
      return new Response('This is not served.\n', { status: 403, headers: pageHeaders })
    }
    const { status, headers, body } = await rendererFile(folder, new URL(request.url).pathname)
    // For it Chromium starts a second process for the page; in a window nobody else's page can be the opener (guards.ts).
    const { 'cross-origin-opener-policy': _, ...own } = headers
    return new Response(new Uint8Array(body), { status, headers: own })
  })
}
