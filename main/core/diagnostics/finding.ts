import type { Check, CheckId } from '../../../shared/model/doctor.ts'

export const ok = (id: CheckId, fact: string): Check => ({ id, state: 'ok', fact, fix: null })
export const warn = (id: CheckId, fact: string, fix: string): Check => ({ id, state: 'warn', fact, fix })
export const fail = (id: CheckId, fact: string, fix: string): Check => ({ id, state: 'fail', fact, fix })
