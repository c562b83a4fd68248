import { Button, SegmentedControl, Tooltip } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { History as Clock, Redo2, Undo2 } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useQueryUtils } from '../../../app/core.tsx'
import { useCommand } from '../../../app/palette/commands.ts'
import styles from './edit.module.css'
import { History } from './history.tsx'
import type { usePlanEditor } from './use-plan-editor.ts'

export type Mode = 'read' | 'edit'

/** Reading or editing, the way back and forth, and the history. Ctrl/Cmd+Z works wherever no half-typed text is in hand. */
export function EditBar(props: {
  editor: ReturnType<typeof usePlanEditor>
  undo: string | null
  redo: string | null
  mode: Mode
  onMode: (mode: Mode) => void
}) {
  const { t } = useTranslation('planEdit')
  const { step, busy } = props.editor
  const [history, setHistory] = useState(false)
  useCommand('undo', props.undo === null ? null : () => void step('undo'))
  useCommand('redo', props.redo === null ? null : () => void step('redo'))
  useCommand('planHistory', () => setHistory(true))
  useCommand('editPlan', () => props.onMode('edit'))
  const utils = useQueryUtils()
  const client = useQueryClient()
  const goTo = useMutation(
    utils.plan.goTo.mutationOptions({ onSuccess: () => client.invalidateQueries({ queryKey: utils.plan.key() }) }),
  )

  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey) return
      const key = event.key.toLowerCase()
      const way = key === 'z' ? (event.shiftKey ? 'redo' : 'undo') : key === 'y' && !event.shiftKey ? 'redo' : null
      if (!way || document.querySelector('[role="dialog"]')) return
      // Text that is being typed is the field's own to undo.
      if (event.target instanceof HTMLElement && event.target.dataset.draft !== undefined) return
      event.preventDefault()
      void step(way)
    }
    window.addEventListener('keydown', pressed)
    return () => window.removeEventListener('keydown', pressed)
  }, [step])

  const way = (name: 'undo' | 'redo', what: string | null, icon: React.ReactNode) => (
    <Tooltip label={what === null ? t(`${name}None`) : t(`${name}What`, { what })} multiline maw={360} withArrow>
      <Button
        size="compact-sm"
        variant="default"
        aria-label={what === null ? t(name) : t(`${name}What`, { what })}
        disabled={what === null}
        onClick={() => void step(name)}
      >
        {icon}
      </Button>
    </Tooltip>
  )
  return (
    <div className={styles.bar}>
      <SegmentedControl
        size="xs"
        aria-label={t('mode.label')}
        data={[
          { value: 'read', label: t('mode.read') },
          { value: 'edit', label: t('mode.edit') },
        ]}
        value={props.mode}
        onChange={(mode) => props.onMode(mode as Mode)}
      />
      {way('undo', props.undo, <Undo2 size={14} aria-hidden="true" />)}
      {way('redo', props.redo, <Redo2 size={14} aria-hidden="true" />)}
      <Button
        size="compact-sm"
        variant="default"
        leftSection={<Clock size={13} aria-hidden="true" />}
        onClick={() => setHistory(true)}
      >
        {t('history.open')}
      </Button>
      <span className={styles.soft} role="status">
        {busy ? t('saving') : ''}
      </span>
      {history && <History onClose={() => setHistory(false)} onGoTo={(revision) => goTo.mutate({ revision })} />}
    </div>
  )
}
