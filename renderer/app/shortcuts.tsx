import { Modal } from '@mantine/core'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import styles from './frame.module.css'
import { go, type PlaceName } from './route.ts'

const LETTERS: Readonly<Record<string, PlaceName>> = {
  n: 'now',
  s: 'servers',
  p: 'plan',
  w: 'what-if',
  b: 'playbooks',
  r: 'prices',
  t: 'settings',
}
const SECOND_KEY_MS = 1500

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
}

/** Whether a key is the page's own: nobody types, no dialog is open, and it is no combination of the system's. */
export function isPlainKey(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return false
  return document.querySelector('[role="dialog"]') === null
}

/** `?` calls `onHelp`; `g` and a letter go to a place. Neither acts while the operator types or a dialog is open. */
export function useShortcuts(onHelp: () => void): void {
  useEffect(() => {
    let awaited = 0
    function pressed(event: KeyboardEvent) {
      if (!isPlainKey(event)) return
      const place = LETTERS[event.key]
      if (event.key === '?') onHelp()
      else if (event.key === 'g') {
        awaited = event.timeStamp
        return
      } else if (place && awaited !== 0 && event.timeStamp - awaited < SECOND_KEY_MS) go(`/${place}`)
      awaited = 0
    }
    window.addEventListener('keydown', pressed)
    return () => window.removeEventListener('keydown', pressed)
  }, [onHelp])
}

export function ShortcutsDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('shortcuts.title')}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <table className={styles.keys}>
        <tbody>
          {(['palette', 'help', 'place', 'time', 'close'] as const).map((name) => (
            <tr key={name}>
              <th scope="row">
                <kbd>{t(`shortcuts.keys.${name}`)}</kbd>
              </th>
              <td>{t(`shortcuts.${name}`)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Modal>
  )
}
