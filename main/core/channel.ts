import type { FromCore, PortMain, ToCore } from '../link/index.ts'

/** The line between this process and the shell that started it. */
export interface Channel {
  post(message: FromCore): void
  onMessage(listener: (message: ToCore, ports: PortMain[]) => void): void
  /** The shell is gone. */
  onEnd(listener: () => void): void
}

/** What Electron gives a utility process to reach the process that started it. */
interface UtilityParentPort {
  postMessage(message: unknown): void
  on(event: 'message', listener: (event: { data: unknown; ports: PortMain[] }) => void): void
}

/** The channel to a shell that runs this as a utility process or as a fork, or null when nobody does. */
export function channelOfThisProcess(): Channel | null {
  const parent = (process as { parentPort?: UtilityParentPort }).parentPort
  if (parent) {
    return {
      post: (message) => parent.postMessage(message),
      onMessage: (listener) => {
        parent.on('message', ({ data, ports }) => listener(data as ToCore, ports))
      },
      // Chromium ends its utility processes itself when the browser process is gone.
      onEnd: () => {},
    }
  }
  if (!process.send) return null
  return {
    post: (message) => {
      if (process.connected) process.send?.(message, undefined, {}, () => {})
    },
    onMessage: (listener) => {
      process.on('message', (message) => listener(message as ToCore, []))
    },
    onEnd: (listener) => {
      process.on('disconnect', listener)
    },
  }
}
