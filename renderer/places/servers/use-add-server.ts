import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import type { Host, HostInput } from '../../../shared/model/host.ts'
import type { Problem } from '../../../shared/model/problem.ts'
import { problemFrom, useCore, useQueryUtils } from '../../app/core.tsx'
import type { ShownKey } from './host-key.tsx'

type SshInput = Exclude<HostInput, { kind: 'local' }>
export type AddStep = 'idle' | 'scanning' | 'asking' | 'connecting'

/**
 * Adding a server over SSH, step by step: read its key, have an unknown one judged by the operator, then sign in. A
 * changed or revoked key ends it.
 */
export function useAddServer(onAdded: (host: Host) => void) {
  const core = useCore()
  const utils = useQueryUtils()
  const queries = useQueryClient()
  const [step, setStep] = useState<AddStep>('idle')
  const [problem, setProblem] = useState<Problem | null>(null)
  const [check, setCheck] = useState<ShownKey | null>(null)
  const [input, setInput] = useState<SshInput | null>(null)

  async function guarded(work: () => Promise<void>) {
    setProblem(null)
    try {
      await work()
    } catch (error) {
      setProblem(problemFrom(error))
      setStep('idle')
      setCheck(null)
    }
  }

  /** A name of the SSH configuration may lead over several servers: each unknown key is asked about in turn. */
  async function connect(wanted: SshInput) {
    setStep('connecting')
    let host: Host
    try {
      host = await core.hosts.add(wanted)
    } catch (error) {
      const unknown = unknownKey(problemFrom(error))
      if (wanted.kind !== 'ssh-config' || unknown === null) throw error
      setCheck(unknown)
      setStep('asking')
      return
    }
    await queries.invalidateQueries({ queryKey: utils.hosts.key() })
    setStep('idle')
    setCheck(null)
    onAdded(host)
  }

  return {
    step,
    problem,
    check,
    start: (wanted: SshInput) =>
      guarded(async () => {
        setInput(wanted)
        if (wanted.kind === 'ssh-config') return connect(wanted)
        setStep('scanning')
        const found = await core.hosts.scanKey({ address: wanted.address, port: wanted.port })
        if (found.status === 'known') return connect(wanted)
        setCheck(found)
        setStep('asking')
      }),
    trust: () =>
      guarded(async () => {
        if (!check || !input) return
        setStep('connecting')
        await core.hosts.acceptKey(check.key)
        await connect(input)
      }),
    cancel: () => {
      setCheck(null)
      setStep('idle')
    },
  }
}

/** The key that a refused connection showed, where the problem carries it. */
export function unknownKey(problem: Problem): ShownKey | null {
  const { address, port, algorithm, fingerprint, keyBase64, jump } = problem.details ?? {}
  if (problem.code !== 'HOST_KEY_UNKNOWN' || !address || !port || !algorithm || !fingerprint || !keyBase64) return null
  const key = { address, port: Number(port), algorithm, fingerprint, keyBase64 }
  return { status: 'unknown', key, expected: [], ...(jump === undefined ? {} : { jump }) }
}

/** Adds the computer Headroom runs on; no login is needed for it. The second half of a double click adds nothing. */
export function useAddThisComputer(name: string, onAdded: (host: Host) => void) {
  const core = useCore()
  const utils = useQueryUtils()
  const queries = useQueryClient()
  const going = useRef(false)
  const adding = useMutation({
    mutationFn: () => core.hosts.add({ kind: 'local', name }),
    onSuccess: async (host) => {
      await queries.invalidateQueries({ queryKey: utils.hosts.key() })
      onAdded(host)
    },
    onSettled: () => {
      going.current = false
    },
  })
  const start = () => {
    if (going.current) return
    going.current = true
    adding.mutate()
  }
  return { start, isPending: adding.isPending, isError: adding.isError, error: adding.error }
}
