import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import * as z from 'zod'
import type { Host } from '../../../shared/model/host.ts'
import { problemFrom, useCore, useQueryUtils } from '../../app/core.tsx'
import { Panel, ProblemNotice } from '../../ui/index.ts'
import styles from './servers.module.css'

const PromptsSchema = z.array(z.object({ text: z.string(), echo: z.boolean() }))

/** What a server asked at the login, one field for each question; hidden where the server wants it hidden. */
export function AnswerPrompts({ host }: { host: Host }) {
  const { t } = useTranslation('servers')
  const core = useCore()
  const utils = useQueryUtils()
  const queries = useQueryClient()
  const prompts = PromptsSchema.parse(JSON.parse(host.problem?.details?.prompts ?? '[]'))
  const [answers, setAnswers] = useState<readonly string[]>([])
  const give = useMutation({
    mutationFn: () => core.hosts.answer({ hostId: host.id, answers: prompts.map((_, index) => answers[index] ?? '') }),
    onSuccess: () => queries.invalidateQueries({ queryKey: utils.hosts.key() }),
    // A code works once: whatever came of it, the next try needs a new one.
    onSettled: () => setAnswers([]),
  })
  const problem = give.isError ? problemFrom(give.error) : host.problem
  const jump = problem?.details?.jump
  const isComplete = prompts.every((_, index) => (answers[index] ?? '') !== '')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (isComplete) give.mutate()
  }
  return (
    <Panel
      title={
        jump === undefined ? t('answer.title', { name: host.name }) : t('answer.jumpTitle', { jump, name: host.name })
      }
      className={styles.space}
    >
      <form className={styles.stack} onSubmit={submit}>
        {/* To be asked is no fault; a refused answer is one. */}
        {problem && !give.isPending && problem.code !== 'ANSWER_NEEDED' && <ProblemNotice problem={problem} />}
        {problem?.code === 'ANSWER_NEEDED' && <p>{problem.fact}</p>}
        <p className={styles.quiet}>{t(jump === undefined ? 'answer.text' : 'answer.jumpText')}</p>
        {prompts.map((prompt, index) => {
          const Field = prompt.echo ? TextInput : PasswordInput
          return (
            <Field
              // Questions may be alike; their order is what tells them apart.
              // biome-ignore lint/suspicious/noArrayIndexKey: the list does not change while it is shown
              key={index}
              label={prompt.text === '' ? t('answer.unnamed') : prompt.text}
              value={answers[index] ?? ''}
              onChange={(event) =>
                setAnswers(prompts.map((_, i) => (i === index ? event.currentTarget.value : (answers[i] ?? ''))))
              }
              autoComplete="one-time-code"
              maw={360}
            />
          )
        })}
        <div>
          <Button type="submit" loading={give.isPending} disabled={!isComplete}>
            {t('answer.submit')}
          </Button>
        </div>
      </form>
    </Panel>
  )
}
