import { Modal } from '@mantine/core'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { PLACES } from '../../shared/model/address.ts'
import styles from './frame.module.css'
import { keysOf, LETTERS, PALETTE_KEYS, withMod } from './keys.ts'
import { COMMAND_NAMES, COMMANDS } from './palette/commands.ts'
import { go } from './route.ts'

const SECOND_KEY_MS = 1500

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
}

/** Whether a key is the page's own: nobody types, no dialog is open, and it is no combination of the system's. */
export function isPlainKey(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return false
  return document.querySelector('[role="dialog"]') === null
}

/**
 * Ctrl/Cmd-K opens the palette wherever the focus is, and F1 the help of the place. `?` lists the shortcuts, and `g` and a
 * letter go to a place; neither acts while the operator types or a dialog is open.
 */
export function useShortcuts(on: { list: () => void; search: () => void; help: () => void }): void {
  const { list, search, help } = on
  useEffect(() => {
    let awaited = 0
    function pressed(event: KeyboardEvent) {
      if (withMod(event) && !event.shiftKey && event.key.toLowerCase() === 'k') {
        event.preventDefault()
        search()
        return
      }
      if (event.key === 'F1') {
        event.preventDefault()
        help()
        return
      }
      if (!isPlainKey(event)) return
      const place = LETTERS[event.key]
      if (event.key === '?') list()
      else if (event.key === 'g') {
        awaited = event.timeStamp
        return
      } else if (place && awaited !== 0 && event.timeStamp - awaited < SECOND_KEY_MS) go(`/${place}`)
      awaited = 0
    }
    // Before an editor takes the key for its own.
    window.addEventListener('keydown', pressed, { capture: true })
    return () => window.removeEventListener('keydown', pressed, { capture: true })
  }, [list, search, help])
}

/** Every key and every code, as one list to look up. */
export function ShortcutsDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <Modal opened={opened} onClose={onClose} title={t('shortcuts.title')} size={820}>
      <Lists />
    </Modal>
  )
}

function Lists() {
  const { t } = useTranslation()
  const general = [
    { keys: PALETTE_KEYS, words: t('shortcuts.palette') },
    { keys: 'Alt 1 … 9', words: t('shortcuts.paletteNth') },
    ...COMMAND_NAMES.flatMap((name) => {
      const keys = keysOf(name)
      return keys === undefined || name === 'shortcuts' ? [] : [{ keys, words: t(`actions.${name}`) }]
    }),
    { keys: '[ ] − +', words: t('shortcuts.time') },
    { keys: '?', words: t('shortcuts.help') },
    { keys: 'Esc', words: t('shortcuts.close') },
  ]
  const toPlaces = PLACES.map((name) => ({ keys: keysOf(name) ?? '', words: t(`places.${name}`) }))
  const codes = COMMAND_NAMES.filter((name) => name !== 'palette')
    .map((name) => ({ keys: COMMANDS[name].code, words: t(`actions.${name}`) }))
    .sort((a, b) => a.words.localeCompare(b.words))
  return (
    <div className={styles.keyColumns}>
      <div>
        <Keys title={t('shortcuts.general')} rows={general} />
        <Keys title={t('shortcuts.places')} rows={toPlaces} />
      </div>
      <Keys title={t('shortcuts.codes', { keys: PALETTE_KEYS })} rows={codes} />
    </div>
  )
}

function Keys({ title, rows }: { title: string; rows: readonly { keys: string; words: string }[] }) {
  return (
    <table className={styles.keys}>
      <caption>{title}</caption>
      <tbody>
        {rows.map(({ keys, words }) => (
          <tr key={words}>
            <th scope="row">
              <kbd>{keys}</kbd>
            </th>
            <td>{words}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
