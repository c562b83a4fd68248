import { contextBridge, ipcRenderer } from 'electron'

/**
 * All that the page can reach of the desktop: ask for a line to the core, and tell that a secret was copied, that it listens
 * for files, and which language it speaks. The line, what the menu asks for and files that the desktop gives arrive as window
 * messages.
 */
contextBridge.exposeInMainWorld('headroom', {
  connect,
  secretCopied: () => ipcRenderer.send('headroom-secret-copied'),
  listens: () => ipcRenderer.send('headroom-listens'),
  speaks: (language: string) => ipcRenderer.send('headroom-speaks', language),
})

/** A line that came before the page asked for it. */
let held: readonly MessagePort[] | null = null
/** The page has one, or waits for one. */
let isAsked = false
let isWanted = false

// Asked for now, the line is here when the page has been read; asked for then, it comes behind the first draw.
ipcRenderer.send('headroom-connect')

/** Asks again where none came yet: what was asked so early may not have been heard. */
function connect(): void {
  isAsked = true
  if (held !== null) give(held)
  else {
    isWanted = true
    ipcRenderer.send('headroom-connect')
  }
}

function give(ports: readonly MessagePort[]): void {
  held = null
  isWanted = false
  window.postMessage('headroom-port', window.location.origin, [...ports])
}

ipcRenderer.on('headroom-port', ({ ports }) => {
  if (isWanted) give(ports)
  else if (isAsked) for (const port of ports) port.close()
  else held = ports
})
ipcRenderer.on('headroom-core-gone', () => {
  held = null
  window.postMessage('headroom-core-gone', window.location.origin)
})
ipcRenderer.on('headroom-command', (_event, name: string) =>
  window.postMessage({ headroom: 'command', name }, window.location.origin),
)
ipcRenderer.on('headroom-file', (_event, name: string, text: string) =>
  window.postMessage({ headroom: 'file', name, text }, window.location.origin),
)
