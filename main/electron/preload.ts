import { contextBridge, ipcRenderer } from 'electron'

/** All that the page can reach of the desktop: ask for a line to the core. The line arrives as a window message. */
contextBridge.exposeInMainWorld('headroom', {
  connect: () => ipcRenderer.send('headroom-connect'),
})

ipcRenderer.on('headroom-port', (event) =>
  window.postMessage('headroom-port', window.location.origin, [...event.ports]),
)
ipcRenderer.on('headroom-core-gone', () => window.postMessage('headroom-core-gone', window.location.origin))
