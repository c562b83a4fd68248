import { HeadroomError } from '../../../shared/model/problem.ts'
import type { Transport } from './transport.ts'

/** A sample server has no computer behind it: whatever is to run on it is refused with HOST_IS_SAMPLE. */
export class SampleTransport implements Transport {
  readonly #name: string

  constructor(name: string) {
    this.#name = name
  }

  execute(): Promise<never> {
    return Promise.reject(this.#refusal())
  }

  tunnel(): Promise<never> {
    return Promise.reject(this.#refusal())
  }

  async close(): Promise<void> {
    // There is nothing to end.
  }

  #refusal(): HeadroomError {
    return new HeadroomError({
      code: 'HOST_IS_SAMPLE',
      fact: `${this.#name} is a sample with made-up figures; there is no computer to run anything on.`,
      fix: 'Remove the sample and add a server of your own.',
      field: 'hostId',
      value: this.#name,
    })
  }
}
