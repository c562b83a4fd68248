import { Button } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Plan } from '../../../../shared/model/plan.ts'
import type { DecisionTree } from '../../../../shared/model/reference.ts'
import { Panel } from '../../../ui/index.ts'
import { Leads, State } from './parts.tsx'
import styles from './reference.module.css'
import type { Judged, Reference } from './use-reference.ts'

type Question = DecisionTree['questions'][number]
type Answer = Question['answers'][number]

export function DecisionTrees({ plan, judged }: { plan: Plan; judged: Reference['judged'] | undefined }) {
  const { t } = useTranslation('reference')
  return (
    <>
      <p className={styles.soft}>{t('tree.live')}</p>
      {plan.decisionTrees.map((tree) => (
        <Tree key={tree.id} plan={plan} tree={tree} judged={judged} />
      ))}
    </>
  )
}

/**
 * One tree, walked question by question. As long as nobody chooses, it follows the branches that hold today; a chosen
 * answer replaces what came below it.
 */
function Tree({ plan, tree, judged }: { plan: Plan; tree: DecisionTree; judged: Reference['judged'] | undefined }) {
  const { t } = useTranslation('reference')
  const [chosen, setChosen] = useState<Readonly<Record<string, string>>>({})
  const stateOf = (question: Question, answer: Answer): Judged | undefined =>
    judged?.[`decisionTrees/${tree.id}/questions/${question.id}/answers/${answer.id}`]
  const path: { question: Question; taken: Answer | undefined }[] = []
  let next: string | undefined = tree.root
  while (next !== undefined && path.length < tree.questions.length) {
    const question: Question | undefined = tree.questions.find((one) => one.id === next)
    if (!question) break
    const taken: Answer | undefined =
      question.answers.find((one) => one.id === chosen[question.id]) ??
      question.answers.find((one) => stateOf(question, one)?.state === 'fired')
    path.push({ question, taken })
    next = taken?.next
  }
  const walked = Object.keys(chosen).length > 0
  return (
    <Panel
      title={tree.title}
      aside={
        walked && (
          <Button size="compact-xs" variant="default" onClick={() => setChosen({})}>
            {t('tree.back')}
          </Button>
        )
      }
    >
      <ol className={styles.tree}>
        {path.map(({ question, taken }, at) => (
          <li key={question.id}>
            <h3>{question.text}</h3>
            <ul>
              {question.answers.map((answer) => (
                <li key={answer.id} data-taken={answer === taken ? 'true' : undefined}>
                  <button
                    type="button"
                    aria-pressed={answer === taken}
                    aria-label={t('tree.choose', { answer: answer.text })}
                    onClick={() => {
                      const kept = path
                        .slice(0, at)
                        .flatMap((one) => (one.taken ? [[one.question.id, one.taken.id]] : []))
                      setChosen({ ...Object.fromEntries(kept), [question.id]: answer.id })
                    }}
                  >
                    {answer.text}
                  </button>
                  <State judged={stateOf(question, answer)} branch />
                  {answer === taken && answer.advice.length > 0 && (
                    <ul className={styles.then}>
                      {answer.advice.map((one) => (
                        <li key={one.text}>
                          <b>{one.text}</b> <Leads plan={plan} to={one} said={one.text} />
                        </li>
                      ))}
                    </ul>
                  )}
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ol>
    </Panel>
  )
}
