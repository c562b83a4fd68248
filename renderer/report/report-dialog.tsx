import { Button, Checkbox, Modal, NumberInput, SegmentedControl } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { COMPARISON_PARTS, PLAN_PARTS, type ReportFile } from '../../shared/model/report.ts'
import { problemFrom, useCore } from '../app/core.tsx'
import { saveFile } from '../charts/index.ts'
import { ProblemNotice } from '../ui/index.ts'
import { Preview } from './preview.tsx'
import styles from './report.module.css'
import { type Format, makeReport, type ReportSubject, type Wish } from './subject.ts'

/** What, in which format and with which parts; a look at it; and the file. Closing ends what is under way. */
export function ReportDialog({ subject, onClose }: { subject: ReportSubject; onClose: () => void }) {
  const { t } = useTranslation('report')
  const core = useCore()
  const all = subject.kind === 'plan' ? PLAN_PARTS : COMPARISON_PARTS
  const [wish, setWish] = useState<Wish>({ format: 'pdf', parts: [...all], serverNames: false, months: 12 })
  const running = useRef<AbortController | null>(null)
  useEffect(() => () => running.current?.abort(), [])

  const saving = useMutation({
    mutationFn: () => {
      running.current = new AbortController()
      return makeReport(core, subject, wish, running.current.signal)
    },
    onSuccess(file) {
      hand(file)
      notifications.show({ message: savedWords(file, t) })
      onClose()
    },
  })
  const change = (next: Partial<Wish>) => {
    saving.reset()
    setWish((now) => ({ ...now, ...next }))
  }
  const formats: Format[] = subject.kind === 'plan' ? ['pdf', 'markdown', 'focus'] : ['pdf', 'markdown']
  const document = wish.format !== 'focus'

  return (
    <Modal
      opened
      onClose={onClose}
      title={titleOf(subject, t)}
      size={1160}
      closeOnClickOutside={!saving.isPending}
      closeButtonProps={{ 'aria-label': t('cancel') }}
    >
      <div className={styles.layout}>
        <div className={styles.choices}>
          <div>
            <div className={styles.label} id="report-format">
              {t('format')}
            </div>
            <SegmentedControl
              fullWidth
              size="xs"
              aria-labelledby="report-format"
              value={wish.format}
              data={formats.map((value) => ({ value, label: t(`formats.${value}`) }))}
              onChange={(value) => change({ format: value as Format })}
            />
            <p className={styles.help}>{t(`formatHelp.${wish.format}`)}</p>
          </div>
          {document ? (
            <fieldset className={styles.parts}>
              <legend className={styles.label}>{t('contents')}</legend>
              {all.map((part) => (
                <Checkbox
                  key={part}
                  size="xs"
                  label={t(`parts.${part}`)}
                  checked={wish.parts.includes(part)}
                  onChange={(event) =>
                    change({
                      parts: all.filter((one) =>
                        one === part ? event.currentTarget.checked : wish.parts.includes(one),
                      ),
                    })
                  }
                />
              ))}
              <p className={styles.help}>{t(subject.kind === 'plan' ? 'always' : 'alwaysComparison')}</p>
            </fieldset>
          ) : (
            <NumberInput
              size="xs"
              label={t('months')}
              description={t('monthsHelp')}
              value={wish.months}
              min={1}
              max={120}
              allowDecimal={false}
              clampBehavior="strict"
              onChange={(value) => typeof value === 'number' && value >= 1 && change({ months: value })}
            />
          )}
          {document && subject.kind === 'plan' && (
            <Checkbox
              size="xs"
              label={t('serverNames')}
              description={t('serverNamesHelp')}
              checked={wish.serverNames}
              onChange={(event) => change({ serverNames: event.currentTarget.checked })}
            />
          )}
        </div>
        <Preview subject={subject} wish={wish} />
      </div>
      {saving.isError && <ProblemNotice problem={problemFrom(saving.error)} onRetry={() => saving.mutate()} />}
      <div className={styles.foot}>
        <span className={styles.help} role="status">
          {saving.isPending ? t('making') : ''}
        </span>
        <Button variant="default" onClick={onClose}>
          {t('cancel')}
        </Button>
        <Button data-autofocus loading={saving.isPending} onClick={() => saving.mutate()}>
          {t('save', { format: t(`formats.${wish.format}`) })}
        </Button>
      </div>
    </Modal>
  )
}

function hand({ fileName, mediaType, text, base64 }: ReportFile): void {
  if (base64 === null) saveFile(fileName, text ?? '', mediaType)
  else {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
    saveFile(fileName, new Blob([bytes], { type: mediaType }))
  }
}

type T = ReturnType<typeof useTranslation<'report'>>['t']

function savedWords({ fileName, pages, rows, notes }: ReportFile, t: T): string {
  const saved =
    pages !== null
      ? t('savedPages', { name: fileName, pages })
      : rows !== null
        ? t('savedRows', { name: fileName, rows })
        : t('saved', { name: fileName })
  // The notes of a CSV are beside its preview; those of a document speak of this very file.
  return rows === null ? [saved, ...notes].join(' ') : saved
}

function titleOf(subject: ReportSubject, t: T): string {
  if (subject.kind === 'comparison') return t('titleComparison', { count: subject.scenarios.length })
  if (subject.scenario === null) return t('titlePlan')
  return subject.scenario.name === null ? t('titleSliders') : t('titleScenario', { name: subject.scenario.name })
}
