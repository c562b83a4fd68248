import { Button } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { EditPath } from '../../../../../shared/model/edit.ts'
import type { Plan } from '../../../../../shared/model/plan.ts'
import type { Problem } from '../../../../../shared/model/problem.ts'
import { type DecisionTree, DecisionTreeSchema } from '../../../../../shared/model/reference.ts'
import { idFor } from '../../../../../shared/planning/new-plan.ts'
import { AddButton, Card } from '../card.tsx'
import edits from '../edit.module.css'
import { ChoiceField, TextField } from '../fields.tsx'
import type { PlanPartProps } from '../plan/part.ts'
import { problemLine } from '../use-draft.ts'
import type { MakeEdit } from '../use-plan-editor.ts'
import { Entries } from './entries.tsx'
import { Judged } from './judged.tsx'
import { Leads } from './leads.tsx'

type Question = DecisionTree['questions'][number]
type Answer = Question['answers'][number]

/** Questions with answers that lead to other questions or to advice. */
export function DecisionTrees({ plan, edit }: PlanPartProps) {
  const { t } = useTranslation('planReference')
  const answers = [
    { id: 'yes', text: t('trees.yes'), advice: [{ text: t('trees.newAdvice') }] },
    { id: 'no', text: t('trees.no'), advice: [{ text: t('trees.newAdvice') }] },
  ]
  return (
    <Entries
      rows={plan.decisionTrees}
      path={['decisionTrees']}
      noun={t('trees.noun')}
      add={t('trees.add')}
      titleOf={(row) => row.title}
      blank={(id) =>
        DecisionTreeSchema.parse({
          id,
          title: t('trees.new'),
          root: 'question',
          questions: [{ id: 'question', text: t('trees.newQuestion'), answers }],
        })
      }
      edit={edit}
    >
      {(tree, path) => {
        const questions = tree.questions.map((one) => ({ value: one.id, label: one.text || one.id }))
        return (
          <>
            <div className={edits.fields}>
              <TextField label={t('trees.name')} value={tree.title} path={[...path, 'title']} edit={edit} />
              <ChoiceField
                label={t('trees.root')}
                value={tree.root}
                choices={questions}
                path={[...path, 'root']}
                edit={edit}
              />
            </div>
            <Entries
              rows={tree.questions}
              path={[...path, 'questions']}
              noun={t('trees.questionNoun')}
              add={t('trees.addQuestion')}
              titleOf={(row) => row.text}
              blank={(id) => ({ id, text: t('trees.newQuestion'), answers })}
              edit={edit}
            >
              {(question, here) => (
                <QuestionFields plan={plan} tree={tree} question={question} tail={path} path={here} edit={edit} />
              )}
            </Entries>
          </>
        )
      }}
    </Entries>
  )
}

interface QuestionProps {
  plan: Plan
  tree: DecisionTree
  question: Question
  /** The tree's own path. */
  tail: EditPath
  path: EditPath
  edit: MakeEdit
}

function QuestionFields({ plan, tree, question, tail, path, edit }: QuestionProps) {
  const { t } = useTranslation('planReference')
  const { t: words } = useTranslation('planEdit')
  const [problem, setProblem] = useState<Problem | null>(null)
  const answers: EditPath = [...path, 'answers']
  return (
    <>
      <div className={edits.fields}>
        <TextField label={t('trees.question')} value={question.text} path={[...path, 'text']} edit={edit} />
        <TextField
          label={words('id')}
          help={words('idHelp')}
          value={question.id}
          path={path}
          edit={(one) => (one.op === 'set' ? edit({ op: 'rename', path, to: String(one.value) }) : null)}
        />
      </div>
      {question.answers.map((answer) => (
        <Card
          key={answer.id}
          title={answer.text || answer.id}
          noun={t('trees.answerNoun')}
          path={[...answers, answer.id]}
          edit={edit}
        >
          <AnswerFields
            plan={plan}
            tree={tree}
            question={question}
            answer={answer}
            tail={tail}
            path={[...answers, answer.id]}
            edit={edit}
          />
        </Card>
      ))}
      <AddButton
        label={t('trees.addAnswer')}
        onClick={() =>
          setProblem(
            edit({
              op: 'insert',
              path: answers,
              value: {
                id: idFor(
                  'answer',
                  question.answers.map((one) => one.id),
                  'answer',
                ),
                text: t('trees.newAnswer'),
                for: '5m',
                advice: [{ text: t('trees.newAdvice') }],
              },
            }),
          )
        }
      />
      {problem && (
        <span className={edits.cellError} role="alert">
          {problemLine(problem)}
        </span>
      )}
    </>
  )
}

function AnswerFields(props: QuestionProps & { answer: Answer }) {
  const { t } = useTranslation('planReference')
  const { plan, tree, question, answer, tail, path, edit } = props
  const [problem, setProblem] = useState<Problem | null>(null)
  const advice: EditPath = [...path, 'advice']
  /** A question after this answer, made and led to at once. */
  const ask = () => {
    const id = idFor(
      'question',
      tree.questions.map((one) => one.id),
      'question',
    )
    const open = { for: '5m', advice: [{ text: t('trees.newAdvice') }] }
    const value = {
      id,
      text: t('trees.newQuestion'),
      answers: [
        { id: 'yes', text: t('trees.yes'), ...open },
        { id: 'no', text: t('trees.no'), ...open },
      ],
    }
    setProblem(
      edit({
        op: 'all',
        edits: [
          { op: 'insert', path: [...tail, 'questions'], value },
          { op: 'set', path: [...path, 'next'], value: id },
        ],
      }),
    )
  }
  return (
    <>
      <div className={edits.fields}>
        <TextField label={t('trees.answer')} value={answer.text} path={[...path, 'text']} edit={edit} />
        <ChoiceField
          label={t('trees.next')}
          optional={t('trees.nextNone')}
          value={answer.next}
          choices={tree.questions
            .filter((one) => one.id !== question.id)
            .map((one) => ({ value: one.id, label: one.text || one.id }))}
          path={[...path, 'next']}
          edit={(one) =>
            // An answer without advice needs some once it leads to no question any more.
            one.op === 'unset' && answer.advice.length === 0
              ? edit({
                  op: 'all',
                  edits: [one, { op: 'set', path: advice, value: [{ text: t('trees.newAdvice') }] }],
                })
              : edit(one)
          }
        />
      </div>
      {answer.next === undefined && (
        <div>
          <Button size="compact-xs" variant="default" onClick={ask}>
            {t('trees.ask')}
          </Button>
        </div>
      )}
      <Judged plan={plan} value={answer.when} held={answer.for} path={path} field="when" edit={edit} />
      <h4 className={edits.subheading} style={{ margin: 0 }}>
        {t('trees.advice')}
      </h4>
      {answer.advice.map((one, at) => (
        <Card
          // biome-ignore lint/suspicious/noArrayIndexKey: advice has no name, and keeps its place
          key={at}
          title={one.text}
          noun={t('trees.adviceNoun')}
          path={[...advice, at]}
          edit={edit}
        >
          <TextField label={t('trees.advice')} lines value={one.text} path={[...advice, at, 'text']} edit={edit} />
          <Leads plan={plan} value={one} path={[...advice, at]} edit={edit} />
        </Card>
      ))}
      <AddButton
        label={t('trees.addAdvice')}
        onClick={() => setProblem(edit({ op: 'insert', path: advice, value: { text: t('trees.newAdvice') } }))}
      />
      {problem && (
        <span className={edits.cellError} role="alert">
          {problemLine(problem)}
        </span>
      )}
    </>
  )
}
