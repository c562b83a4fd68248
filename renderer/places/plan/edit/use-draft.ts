import { type KeyboardEvent, useState } from 'react'
import { HeadroomError, type Problem } from '../../../../shared/model/problem.ts'

/**
 * Text being typed into a field that saves when it is left or on Enter. What cannot be saved stays as it was typed, with
 * the reason beside it; Escape takes the saved text back.
 */
export function useDraft(saved: string, save: (text: string) => Problem | null) {
  const [draft, setDraft] = useState<string | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const drop = () => {
    setDraft(null)
    setProblem(null)
  }
  const commit = (): boolean => {
    if (draft === null) return true
    if (draft === saved) {
      drop()
      return true
    }
    const refused = attempt(() => save(draft))
    if (refused) setProblem(refused)
    else drop()
    return refused === null
  }
  return {
    text: draft ?? saved,
    draft,
    problem,
    change: (text: string) => setDraft(text),
    commit,
    /** For the input: `data-draft` marks text that undo should leave to the input itself. */
    input: {
      value: draft ?? saved,
      'data-draft': draft !== null && draft !== saved ? true : undefined,
      onBlur: () => void commit(),
      onKeyDown: (event: KeyboardEvent<HTMLInputElement | HTMLTextAreaElement>) => {
        if (event.nativeEvent.isComposing) return
        if (event.key === 'Enter' && (event.currentTarget.tagName !== 'TEXTAREA' || event.ctrlKey || event.metaKey)) {
          event.preventDefault()
          commit()
        }
        if (event.key === 'Escape' && draft !== null) {
          event.stopPropagation()
          drop()
        }
      },
    },
  }
}

/** The problem that an edit meets, whether it is thrown while it is made of a text or told by the plan. */
export function attempt(work: () => Problem | null): Problem | null {
  try {
    return work()
  } catch (error) {
    if (error instanceof HeadroomError) return error.problem
    throw error
  }
}

/** A problem as one line under a field. */
export const problemLine = (problem: Problem | null): string | undefined =>
  problem ? `${problem.fact} ${problem.fix}` : undefined
