import { Button, FileButton, Modal } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Plan } from '../../../shared/model/plan.ts'
import type { Problem } from '../../../shared/model/problem.ts'
import { problemFrom, useCore, useQueryUtils } from '../../app/core.tsx'
import { useIncoming } from '../../app/files/incoming.ts'
import { useCommand } from '../../app/palette/commands.ts'
import { saveFile } from '../../charts/index.ts'
import { ReportButton } from '../../report/index.ts'
import { ConfirmDialog, ProblemNotice } from '../../ui/index.ts'
import { Blueprints } from './blueprints.tsx'
import styles from './plan.module.css'

const LARGEST_FILE = 2_000_000

/** Taking another blueprint, and the plan as a YAML file, out and in. What goes wrong is shown with its line and column. */
export function PlanActions({ plan }: { plan: Plan | null }) {
  const { t } = useTranslation('plan')
  const core = useCore()
  const utils = useQueryUtils()
  const client = useQueryClient()
  const [choosing, setChoosing] = useState(false)
  const [file, setFile] = useState<{ name: string; text: string } | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const resetInput = useRef<() => void>(null)

  const exportYaml = useMutation({
    mutationFn: () => core.plan.exportYaml(),
    onSuccess: ({ yaml }) => saveFile(`${plan?.id ?? 'plan'}.yaml`, yaml, 'application/yaml'),
    onError: (error) => setProblem(problemFrom(error)),
  })
  const importYaml = useMutation(
    utils.plan.importYaml.mutationOptions({
      onSuccess: () => client.invalidateQueries({ queryKey: utils.plan.key() }),
      onError: (error) => setProblem(problemFrom(error)),
      onSettled: () => setFile(null),
    }),
  )

  const input = useRef<HTMLButtonElement>(null)
  useCommand('planImport', () => input.current?.click())
  useCommand('planExport', plan && (() => exportYaml.mutate()))
  useCommand('planBlueprint', plan && (() => setChoosing(true)))

  const opened = async (chosen: File | null) => {
    resetInput.current?.()
    if (!chosen) return
    setProblem(null)
    if (chosen.size > LARGEST_FILE) {
      setProblem({ code: 'FILE_TOO_LARGE', fact: t('tooLarge.fact', { file: chosen.name }), fix: t('tooLarge.fix') })
      return
    }
    const text = await chosen.text()
    if (plan === null) importYaml.mutate({ yaml: text, fileName: chosen.name })
    else setFile({ name: chosen.name, text })
  }

  useIncoming('plan', (chosen) => void opened(chosen))

  return (
    <>
      <FileButton
        onChange={(chosen) => void opened(chosen)}
        accept=".yaml,.yml"
        resetRef={resetInput}
        inputProps={{ 'aria-label': t('actions.importInput') }}
      >
        {(props) => (
          <Button ref={input} variant="default" size="xs" loading={importYaml.isPending} {...props}>
            {t('actions.import')}
          </Button>
        )}
      </FileButton>
      {plan && (
        <>
          <Button variant="default" size="xs" loading={exportYaml.isPending} onClick={() => exportYaml.mutate()}>
            {t('actions.export')}
          </Button>
          <ReportButton subject={{ kind: 'plan', scenario: null }} command="planReport" />
          <Button variant="default" size="xs" onClick={() => setChoosing(true)}>
            {t('actions.change')}
          </Button>
        </>
      )}
      {choosing && plan && (
        <Modal opened onClose={() => setChoosing(false)} title={t('choose.dialog')} size="xl">
          <Blueprints current={plan} onChosen={() => setChoosing(false)} />
        </Modal>
      )}
      {file && plan && (
        <ConfirmDialog
          title={t('replace.title')}
          yes={t('replace.yes')}
          no={t('replace.no')}
          busy={importYaml.isPending}
          onNo={() => setFile(null)}
          onYes={() => importYaml.mutate({ yaml: file.text, fileName: file.name })}
        >
          <p>{t('replace.file', { file: file.name, current: plan.name })}</p>
          <p className={styles.soft}>{t('replace.advice')}</p>
        </ConfirmDialog>
      )}
      {problem && (
        <Modal opened onClose={() => setProblem(null)} title={t('actions.import')} size="lg">
          <ProblemNotice problem={problem} />
        </Modal>
      )}
    </>
  )
}
