import type { Command } from '../../../../../shared/model/command.ts'
import { Secret } from '../../../../../shared/model/secret.ts'
import { docker, type Engine } from './engine.ts'

/** What the engine is asked to join: the body of the Engine API's POST /swarm/join. */
export interface JoinRequest {
  RemoteAddrs: string[]
  JoinToken: string
  AdvertiseAddr: string
  ListenAddr: string
}

/** Prints "client curl", "client python3" or "client none". */
export const FIND_CLIENT = `if command -v curl >/dev/null 2>&1; then echo 'client curl'
elif command -v python3 >/dev/null 2>&1; then echo 'client python3'; else echo 'client none'; fi`

const PYTHON = `import http.client, os, socket, sys
class Engine(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX); self.sock.connect(os.environ["ENDPOINT"][7:])
at = os.environ["ENDPOINT"]
c = Engine("docker", timeout=110) if at.startswith("unix://") else http.client.HTTPConnection(at[6:], timeout=110)
c.request("POST", "/swarm/join", sys.stdin.buffer.read(), {"Content-Type": "application/json"})
r = c.getresponse(); sys.stdout.write(r.read().decode()); sys.stdout.write("\\nstatus %d\\n" % r.status)`

/**
 * Joins a swarm through the Engine API. The command docker swarm join takes the token on its command line only, where
 * every user of the server could read it; here it is on standard input. Prints the engine's answer and "status NNN".
 */
export function joinCommand(engine: Engine, client: 'curl' | 'python3', request: JoinRequest | null): Command {
  const ask =
    client === 'curl'
      ? `case $at in
unix://*) curl -sS --max-time 110 --unix-socket "\${at#unix://}" -H 'Content-Type: application/json' --data-binary @- -w '\\nstatus %{http_code}\\n' http://docker/swarm/join;;
*) curl -sS --max-time 110 -H 'Content-Type: application/json' --data-binary @- -w '\\nstatus %{http_code}\\n' "http://\${at#tcp://}/swarm/join";;
esac`
      : `ENDPOINT=$at python3 -c '${PYTHON}'`
  const script = `at=$(docker context inspect --format '{{.Endpoints.docker.Host}}' 2>/dev/null)
at=\${at:-unix:///var/run/docker.sock}
case $at in
unix://*) ;;
tcp://*) [ -z "$DOCKER_TLS_VERIFY" ] || { echo 'an engine behind TLS cannot be asked this way' >&2; exit 70; };;
*) echo "an engine at $at cannot be asked this way" >&2; exit 70;;
esac
${ask}`
  return docker(engine, ['sh', '-c', script], {
    stdin: new Secret('the token and the addresses of the managers', request === null ? '-' : JSON.stringify(request)),
    timeoutMs: 120_000,
  })
}

/** Status 0: the engine did not answer. */
export function readAnswer(stdout: string): { status: number; message: string } {
  const status = Number(/^status (\d+)$/m.exec(stdout)?.[1] ?? 0)
  const body = stdout.split('\nstatus ')[0] ?? ''
  try {
    return { status, message: String((JSON.parse(body) as { message?: unknown }).message ?? '') }
  } catch {
    return { status, message: body.trim().slice(0, 300) }
  }
}
