import type ssh2 from 'ssh2'
import { HeadroomError } from '../../../shared/model/problem.ts'
import { Secret } from '../../../shared/model/secret.ts'
import type { Offer } from './identity.ts'
import { targetName } from './problems.ts'

/** One question of a server, in its words; `echo` says that the answer may be shown while it is typed. */
export interface Prompt {
  text: string
  echo: boolean
}

const MAX_PROMPTS = 8
/** A hidden prompt that asks for something else than the password: a code, or a password to be set. */
const NOT_THE_PASSWORD = /\b(code|otp|one[- ]time|token|pin|passcode|verification|factor|new|retype|again)\b/i

/**
 * Answers what a server asks by keyboard-interactive (RFC 4256) in one attempt to log in. The first hidden prompt that asks
 * for a password gets the kept one; every other prompt gets the operator's next answer, which was given for this attempt
 * alone. A prompt without an answer ends the attempt: nothing is guessed, since servers count wrong answers.
 */
export class Conversation {
  readonly #user: string
  #password: Secret | null
  readonly #answers: string[]
  readonly #hasAnswers: boolean
  /** What was asked besides the password, in order. */
  readonly asked: Prompt[] = []
  /** The answer to a question for the password itself, which may be given again; a code may not. */
  typedPassword: Secret | null = null
  /** Called when a prompt has no answer. */
  onUnanswered: () => void = () => {}

  constructor(user: string, password: Secret | null, answers: readonly string[]) {
    this.#user = user
    this.#password = password
    this.#answers = [...answers]
    this.#hasAnswers = answers.length > 0
  }

  offer(): Offer {
    return {
      words: this.#password === null ? 'keyboard-interactive' : 'keyboard-interactive with the password',
      method: {
        type: 'keyboard-interactive',
        username: this.#user,
        prompt: (_name, _instructions, _language, prompts, finish) => {
          const given = prompts.map((prompt) => this.#answerTo(prompt))
          if (given.includes(null) || this.asked.length > MAX_PROMPTS) this.onUnanswered()
          else finish(given as string[])
        },
      },
    }
  }

  /** For a server that takes a password and asks no questions: the question is ours. Null where there is no answer yet. */
  password(target: { address: string; port: number; user: string }): Offer | null {
    const answer = this.#answerTo({ prompt: `Password of ${targetName(target)}:`, echo: false })
    if (answer === null) return null
    return { words: 'password', method: { type: 'password', username: this.#user, password: answer } }
  }

  /** The problem of an attempt that went wrong after a question; null when none was asked. */
  refused(target: { address: string; port: number; user: string }): HeadroomError | null {
    if (!this.#hasAnswers || this.asked.length === 0) return null
    return new HeadroomError({
      code: 'ANSWER_REFUSED',
      fact: `${targetName(target)} refused the login: the answer to ${words(this.asked)} is wrong, or the password is.`,
      fix: 'Answer again; a code that was used or has run out is not taken twice.',
      field: 'answers',
      details: { prompts: JSON.stringify(this.asked) },
    })
  }

  unanswered(target: { address: string; port: number; user: string }): HeadroomError {
    return new HeadroomError({
      code: 'ANSWER_NEEDED',
      fact: `${targetName(target)} asks ${words(this.asked)} to let you in.`,
      fix: 'Answer on the page of the server, or by "headroom hosts answer". The answer is used once and kept nowhere; the connection is kept.',
      field: 'answers',
      details: { prompts: JSON.stringify(this.asked) },
    })
  }

  #answerTo({ prompt, echo }: ssh2.Prompt): string | null {
    if (this.#password !== null && echo !== true && !NOT_THE_PASSWORD.test(prompt)) {
      const password = this.#password.reveal()
      this.#password = null
      return password
    }
    this.asked.push({ text: printable(prompt), echo: echo === true })
    const answer = this.#answers.shift() ?? null
    if (answer !== null && echo !== true && !NOT_THE_PASSWORD.test(prompt))
      this.typedPassword = new Secret('password', answer)
    return answer
  }
}

/** A server's words are shown, so they must be one line of text without control characters. */
function printable(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}]+/gu, ' ')
    .trim()
    .slice(0, 200)
}

function words(prompts: readonly Prompt[]): string {
  return prompts.map(({ text }) => `"${text}"`).join(' and ')
}
