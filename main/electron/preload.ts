import { contextBridge, ipcRenderer } from 'electron'

/**
 * All that the page can reach of the desktop: ask for a line to the core, and tell that a secret was copied, that it listens
 * for files, and which language it speaks. The line, what the menu asks for and files that the desktop gives arrive as window
 * messages.
 */
contextBridge.exposeInMainWorld('headroom', {
  connect: () => ipcRenderer.send('headroom-connect'),
  secretCopied: () => ipcRenderer.send('headroom-secret-copied'),
  listens: () => ipcRenderer.send('headroom-listens'),
  speaks: (language: string) => ipcRenderer.send('headroom-speaks', language),
})

ipcRenderer.on('headroom-port', (event) =>
  window.postMessage('headroom-port', window.location.origin, [...event.ports]),
)
ipcRenderer.on('headroom-core-gone', () => window.postMessage('headroom-core-gone', window.location.origin))
ipcRenderer.on('headroom-command', (_event, name: string) =>
  window.postMessage({ headroom: 'command', name }, window.location.origin),
)
ipcRenderer.on('headroom-file', (_event, name: string, text: string) =>
  window.postMessage({ headroom: 'file', name, text }, window.location.origin),
)
