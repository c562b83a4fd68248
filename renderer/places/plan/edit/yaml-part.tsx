import { Button, NativeSelect, Textarea } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { parse, stringify } from 'yaml'
import type { EditPath } from '../../../../shared/model/edit.ts'
import type { Problem } from '../../../../shared/model/problem.ts'
import { ProblemNotice } from '../../../ui/index.ts'
import styles from './edit.module.css'
import type { MakeEdit } from './use-plan-editor.ts'

interface Part {
  label: string
  path: EditPath
  value: unknown
}

/** Parts of the plan as the text of their YAML, for what has no form of its own and for whoever types faster than forms. */
export function YamlPart({ parts, edit }: { parts: Part[]; edit: MakeEdit }) {
  const { t } = useTranslation('planEdit')
  const [shown, setShown] = useState<string | null>(null)
  const [draft, setDraft] = useState<string | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const part = parts.find((one) => one.path.join('.') === shown)
  const saved = part === undefined ? '' : part.value === undefined ? '' : stringify(part.value, { lineWidth: 110 })
  const save = () => {
    if (!part || draft === null) return
    let value: unknown
    try {
      value = parse(draft)
    } catch (error) {
      const said = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
      setProblem({ code: 'YAML_INVALID', fact: said.replace(/:$/, '.'), fix: t('yaml.fix') })
      return
    }
    const empty = value === null || value === undefined
    const refused =
      empty && part.value === undefined
        ? null
        : edit(empty ? { op: 'unset', path: part.path } : { op: 'set', path: part.path, value })
    setProblem(refused)
    if (!refused) setDraft(null)
  }
  return (
    <div className={styles.stack}>
      <NativeSelect
        size="xs"
        label={t('yaml.part')}
        data={[
          { value: '', label: t('yaml.choose') },
          ...parts.map((one) => ({ value: one.path.join('.'), label: one.label })),
        ]}
        value={shown ?? ''}
        onChange={(event) => {
          setShown(event.currentTarget.value || null)
          setDraft(null)
          setProblem(null)
        }}
      />
      {part && (
        <>
          <Textarea
            className={styles.yaml}
            aria-label={part.label}
            size="xs"
            autosize
            minRows={6}
            maxRows={28}
            spellCheck={false}
            data-draft={draft !== null && draft !== saved ? true : undefined}
            value={draft ?? saved}
            onChange={(event) => setDraft(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) save()
            }}
          />
          {problem && <ProblemNotice problem={problem} />}
          <div className={styles.bar}>
            <Button size="compact-sm" disabled={draft === null || draft === saved} onClick={save}>
              {t('yaml.save')}
            </Button>
            <Button
              size="compact-sm"
              variant="default"
              disabled={draft === null}
              onClick={() => {
                setDraft(null)
                setProblem(null)
              }}
            >
              {t('yaml.back')}
            </Button>
          </div>
        </>
      )}
    </div>
  )
}
