import { useTranslation } from 'react-i18next'
import type { EditPath } from '../../../../../shared/model/edit.ts'
import { type Component, ComponentSchema } from '../../../../../shared/model/reference.ts'
import edits from '../edit.module.css'
import { ChoiceField, LinesField, TextField } from '../fields.tsx'
import type { PlanPartProps } from '../plan/part.ts'
import type { MakeEdit } from '../use-plan-editor.ts'
import { Entries } from './entries.tsx'
import styles from './reference.module.css'
import { parseSettings, settingsText } from './settings-text.ts'

/** Pieces of software with the settings they get. */
export function Components({ plan, edit }: PlanPartProps) {
  const { t } = useTranslation('planReference')
  const named = (list: readonly { id: string; name: string }[]) =>
    list.map((one) => ({ value: one.id, label: one.name }))
  return (
    <Entries
      rows={plan.components}
      path={['components']}
      noun={t('components.noun')}
      add={t('components.add')}
      titleOf={(row) => row.name}
      asideOf={(row) => row.purpose}
      blank={(id) => ComponentSchema.parse({ id, name: t('components.new'), purpose: '' })}
      edit={edit}
    >
      {(row, path) => (
        <>
          <div className={edits.fields}>
            <TextField label={t('components.name')} value={row.name} path={[...path, 'name']} edit={edit} />
            <TextField label={t('components.purpose')} value={row.purpose} path={[...path, 'purpose']} edit={edit} />
            <TextField label={t('components.file')} optional value={row.file} path={[...path, 'file']} edit={edit} />
            <ChoiceField
              label={t('components.stage')}
              optional={t('components.none')}
              value={row.stage}
              choices={named(plan.stages)}
              path={[...path, 'stage']}
              edit={edit}
            />
            <ChoiceField
              label={t('components.option')}
              optional={t('components.none')}
              value={row.option}
              choices={named(plan.options)}
              path={[...path, 'option']}
              edit={edit}
            />
            <ChoiceField
              label={t('components.optimisation')}
              optional={t('components.none')}
              value={row.optimisation}
              choices={named(plan.optimisations)}
              path={[...path, 'optimisation']}
              edit={edit}
            />
          </div>
          <div className={styles.halves}>
            <SettingsField
              label={t('components.settings')}
              value={row.settings}
              path={[...path, 'settings']}
              edit={edit}
            />
            <SettingsField label={t('components.was')} value={row.was} path={[...path, 'was']} edit={edit} />
          </div>
          <LinesField label={t('components.notes')} value={row.notes} path={[...path, 'notes']} edit={edit} />
        </>
      )}
    </Entries>
  )
}

function SettingsField(props: { label: string; value: Component['settings']; path: EditPath; edit: MakeEdit }) {
  const { t } = useTranslation('planReference')
  return (
    <TextField
      label={props.label}
      help={t('components.settingsHelp')}
      lines
      value={settingsText(props.value)}
      path={props.path}
      edit={(one) => {
        const typed = one.op === 'set' ? String(one.value) : ''
        const read = parseSettings(typed)
        if ('settings' in read) return props.edit({ op: 'set', path: props.path, value: read.settings })
        const fact = t('components.noSetting', { line: read.line })
        return { code: 'NOT_A_SETTING', fact, fix: t('components.settingFix'), field: props.label, value: read.line }
      }}
    />
  )
}
