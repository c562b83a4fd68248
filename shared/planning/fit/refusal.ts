import { HeadroomError } from '../../model/problem.ts'

/** Why the data cannot be fitted. `details` hold the figures that a view may show beside the sentence. */
export function refusal(
  code:
    | 'FIT_TOO_FEW_POINTS'
    | 'FIT_SPAN_TOO_SHORT'
    | 'FIT_NOT_POSITIVE'
    | 'FIT_DRIVER_STEADY'
    | 'FIT_NO_RELATION'
    | 'FIT_NO_OVERLAP'
    | 'FIT_ONE_CONCURRENCY'
    | 'FIT_NO_THROUGHPUT'
    | 'FIT_BAD_POINT',
  fact: string,
  fix: string,
  more: { field?: string; value?: string; details?: Record<string, string> } = {},
): HeadroomError {
  return new HeadroomError({ code, fact, fix, ...more })
}
