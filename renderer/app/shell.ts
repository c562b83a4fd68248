import { notifications } from '@mantine/notifications'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { COMMAND_NAMES, runCommand } from './palette/commands.ts'

interface GivenFile {
  name: string
  /** Null for what could not be read. */
  text: string | null
}

/** Hears files that the desktop gives this window. Returns what ends it. */
export function onGivenFile(take: (file: GivenFile) => void): () => void {
  return onShell((message) => {
    const { headroom, name, text } = message
    if (headroom !== 'file' || typeof name !== 'string') return
    take({ name, text: typeof text === 'string' ? text : null })
  })
}

/** Does what the desktop's menu asks for, and sees that no secret stays in the clipboard. */
export function useShell(): void {
  const { t } = useTranslation()
  useEffect(() => {
    const off = onShell(({ headroom, name }) => {
      const command = headroom === 'command' ? COMMAND_NAMES.find((one) => one === name) : undefined
      if (command) runCommand(command)
    })
    const copied = (event: ClipboardEvent) => {
      if (!(event.target instanceof Element) || !isSecret(event.target)) return
      // The clipboard has it once this event is over.
      if (window.headroom) setTimeout(() => window.headroom?.secretCopied(), 0)
      else {
        event.preventDefault()
        notifications.show({ id: 'secret', message: t('files.noSecretCopy.fact') })
      }
    }
    document.addEventListener('copy', copied)
    document.addEventListener('cut', copied)
    return () => {
      off()
      document.removeEventListener('copy', copied)
      document.removeEventListener('cut', copied)
    }
  }, [t])
}

/** A field of a secret, also while its text is shown. */
const isSecret = (element: Element): boolean =>
  element.closest('input[type="password"], .mantine-PasswordInput-input, [data-secret]') !== null

function onShell(hear: (message: Record<string, unknown>) => void): () => void {
  const heard = ({ source, data }: MessageEvent) => {
    if (source === window && typeof data === 'object' && data !== null && 'headroom' in data) hear(data)
  }
  window.addEventListener('message', heard)
  return () => window.removeEventListener('message', heard)
}
