import type { Link } from '../../shared/contract/link.ts'

/** What the desktop shell's preload offers. The port itself arrives as a window message, since a bridge cannot carry it. */
export interface DesktopSurface {
  connect(): Promise<void> | void
  /** Right after a secret was copied: it is cleared from the clipboard in half a minute. */
  secretCopied(): void
  /** From now on files that the desktop gives are heard. */
  listens(): void
  /** The language of the page, for the menus and dialogs of the desktop. */
  speaks(language: string): void
}

declare global {
  interface Window {
    headroom?: DesktopSurface
  }
}

/** The window messages of the shell: a fresh port to the core, and word that the core behind the last one has ended. */
const PORT_MESSAGE = 'headroom-port'
const GONE_MESSAGE = 'headroom-core-gone'
const PATIENCE_MS = 15_000

/** Opens a line to the core: through the desktop shell where there is one, else a WebSocket to the host of this page. */
export function openLink(): Promise<Link> {
  return window.headroom ? portLink(window.headroom) : socketLink()
}

function portLink(surface: DesktopSurface): Promise<Link> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      window.removeEventListener('message', arrived)
      reject(new Error('The engine did not answer.'))
    }, PATIENCE_MS)
    function arrived(event: MessageEvent) {
      const port = event.ports[0]
      if (event.source !== window || event.data !== PORT_MESSAGE || !port) return
      clearTimeout(timer)
      window.removeEventListener('message', arrived)
      resolve(linkOfPort(port))
    }
    window.addEventListener('message', arrived)
    void surface.connect()
  })
}

function linkOfPort(port: MessagePort): Link {
  const closers = new Set<() => void>()
  let open = true
  const closed = () => {
    if (!open) return
    open = false
    window.removeEventListener('message', gone)
    for (const closer of closers) closer()
  }
  // A port whose other end has died tells nothing in older Chromium; the shell says so instead.
  const gone = (event: MessageEvent) => {
    if (event.source === window && event.data === GONE_MESSAGE) closed()
  }
  window.addEventListener('message', gone)
  port.addEventListener('close', closed)
  return {
    send: (message) => port.postMessage(message),
    onMessage: (listener) => {
      port.addEventListener('message', (event) => listener(event.data as string | Uint8Array))
      port.start()
    },
    onClose: (listener) => void closers.add(listener),
    close: () => {
      port.close()
      closed()
    },
  }
}

function socketLink(): Promise<Link> {
  return new Promise((resolve, reject) => {
    const scheme = window.location.protocol === 'https:' ? 'wss' : 'ws'
    const socket = new WebSocket(`${scheme}://${window.location.host}/core`)
    socket.binaryType = 'arraybuffer'
    socket.addEventListener('open', () =>
      resolve({
        send: (message) => socket.send(message as string),
        onMessage: (listener) =>
          socket.addEventListener('message', (event) =>
            listener(typeof event.data === 'string' ? event.data : new Uint8Array(event.data as ArrayBuffer)),
          ),
        onClose: (listener) => socket.addEventListener('close', listener),
        close: () => socket.close(),
      }),
    )
    socket.addEventListener('error', () => reject(new Error('The engine did not answer.')))
    socket.addEventListener('close', () => reject(new Error('The engine did not answer.')))
  })
}
