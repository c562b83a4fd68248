import { describe, expect, it } from 'vitest'
import { stateOf } from './swarm-scale.ts'
import { convergence, type Task } from './tasks.ts'

describe('scaling a service', () => {
  const look = (stdout: string) => stateOf({ stdout, stderr: '' }, { service: 'web' }, 'm')
  it.each([
    ['missing\n', 'DOCKER_MISSING'],
    ['refused permission denied\n', 'DOCKER_UNREACHABLE'],
    ['swarm inactive false\n', 'NOT_A_MANAGER'],
    ['swarm active false\n', 'NOT_A_MANAGER'],
    ['swarm active true\nservice api replicated\n', 'SERVICE_MISSING'],
    ['swarm active true\nservice web global\nmode {"Global":{}}\n', 'SERVICE_NOT_REPLICATED'],
  ])('%s is %s', (stdout, code) => {
    expect(look(stdout)).toMatchObject({ code })
  })
  it('tells the replicas wanted and running', () => {
    expect(
      look(
        'swarm active true\nmode {"Replicated":{"Replicas":2}}\ntask Running 3 seconds ago\ntask Pending 1 second ago\n',
      ),
    ).toEqual({ replicas: 2, running: 1 })
  })
  it('counts failures of new tasks only', () => {
    const task = (ID: string, DesiredState: string, CurrentState: string): Task => ({
      ID,
      DesiredState,
      CurrentState,
      Name: 'web.1',
      Node: 'n',
      Error: '',
    })
    const seen = convergence(
      [
        task('1', 'Running', 'Running 2 minutes ago'),
        task('2', 'Shutdown', 'Failed 1 hour ago'),
        task('3', 'Shutdown', 'Rejected 1 second ago'),
        task('4', 'Shutdown', 'Running 1 hour ago'),
      ],
      new Set(['1', '2']),
    )
    expect(seen).toMatchObject({ running: 1, wantedToRun: 1, leaving: 1, failed: [{ ID: '3' }] })
  })
})
