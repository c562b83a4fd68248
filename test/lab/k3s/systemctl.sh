#!/bin/sh
# Stands for systemctl: services from /etc/systemd/system, each under a loop that starts it again.
units=/etc/systemd/system; state=/run/systemd/lab; mkdir -p $state
verb=; unit=; props=
while [ $# -gt 0 ]; do
case $1 in
--no-block|--quiet|--now) ;;
-p) props="$props $2"; shift ;;
-*) echo "systemctl: unrecognized option '$1'" >&2; exit 1 ;;
*) if [ -z "$verb" ]; then verb=$1; else unit=$(basename "${1%.service}"); fi ;;
esac; shift; done
alive() { pid=$(cat "$state/$unit.pid" 2>/dev/null) && kill -0 "$pid" 2>/dev/null; }
stop() { if alive; then kill -TERM "-$pid" 2>/dev/null; n=0; while kill -0 "$pid" 2>/dev/null && [ $n -lt 50 ]; do sleep 0.05; n=$((n + 1)); done; kill -KILL "-$pid" 2>/dev/null; fi; rm -f "$state/$unit.pid"; }
start() {
[ -f "$units/$unit.service" ] || { echo "Failed to start $unit.service: Unit $unit.service not found." >&2; exit 5; }
echo 0 >"$state/$unit.restarts"; cat /proc/sys/kernel/random/uuid >"$state/$unit.invocation"
setsid sh -c '
unit=$1; units=/etc/systemd/system; state=/run/systemd/lab
[ ! -f "$units/$unit.service.env" ] || { set -a; . "$units/$unit.service.env"; set +a; }
exec="$(sed -n "/^ExecStart=/,\$p" "$units/$unit.service" | tr -d "\n\t\\\\" | sed "s/^ExecStart=//")"
while :; do
eval "$exec" >>"$state/$unit.log" 2>&1
echo $(($(cat "$state/$unit.restarts") + 1)) >"$state/$unit.restarts"; sleep 0.3
done' service "$unit" >/dev/null 2>&1 </dev/null 9>&- &
echo $! >"$state/$unit.pid"
}
# One job of a service at a time, as in systemd: two restarts at once would leave a loop that nobody knows.
case $verb in restart|start|stop) exec 9>"$state/$unit.lock"; flock 9 ;; esac
case $verb in
restart) stop; start ;;
start) alive || start ;;
stop) stop ;;
enable|disable|daemon-reload|reset-failed) ;;
is-active) alive ;;
show) for prop in $props; do case $prop in
ActiveState) if alive; then echo ActiveState=active; else echo ActiveState=inactive; fi ;;
SubState) if alive; then echo SubState=running; else echo SubState=dead; fi ;;
InvocationID) echo "InvocationID=$(cat "$state/$unit.invocation" 2>/dev/null)" ;;
NRestarts) echo "NRestarts=$(cat "$state/$unit.restarts" 2>/dev/null || echo 0)" ;;
esac; done ;;
*) echo "Unknown command verb $verb." >&2; exit 1 ;;
esac
