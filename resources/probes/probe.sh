# Headroom's probe: one look at a Linux host, sent to `sh -s` over standard input once a round. Reads, changes nothing.
# Plain POSIX sh (dash, bash, busybox ash), no root, few forks. Prints `key{labels} value`, one sample a line:
# counters raw (the app makes rates of them), what the host lacks as `not_found{what,why} 1`, last `probe_end`.
# Every child has </dev/null: it would read the rest of this script otherwise.
# Parameters (environment): HEADROOM_PG_VIA psql|docker|off, HEADROOM_PG_{CONTAINER,HOST,PORT,USER,DATABASE}.
set -u
unset CDPATH
LC_ALL=C
PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
proc=${HEADROOM_PROC:-/proc}
cgroup=${HEADROOM_CGROUP:-/sys/fs/cgroup}

echo 'headroom_probe 1'
if [ ! -r "$proc/stat" ] || [ ! -r "$proc/uptime" ]; then
  echo "no_proc 1"
  exit 0
fi

# The uptime clock ticks in hundredths of a second and costs no fork. Leading zeros would make a number octal.
hundredths() {
  read -r up rest <"$proc/uptime"
  centi=${up%.*}${up#*.}
  while :; do case $centi in 0?*) centi=${centi#0} ;; *) break ;; esac; done
}
have() { command -v "$1" >/dev/null 2>&1; }
not_found() { echo "not_found{what=\"$1\",why=\"$2\"} 1"; }

# At most 3 seconds for a child that may hang (a dead mount, a stuck daemon), with or without timeout(1).
limited() {
  if [ -n "$has_timeout" ]; then
    timeout -s KILL 3 "$@" </dev/null 2>/dev/null
  else
    "$@" </dev/null 2>/dev/null &
    child=$!
    { sleep 3; kill -9 "$child"; } </dev/null >/dev/null 2>&1 &
    watch=$!
    wait "$child" 2>/dev/null
    code=$?
    kill "$watch" 2>/dev/null
    return $code
  fi
}

# A label's value: backslash and quote are escaped. Only names that have one cost a fork.
quoted() {
  case $1 in
    *[\\\"]*) value=$(printf '%s' "$1" | sed 's/[\\"]/\\&/g') ;;
    *) value=$1 ;;
  esac
}

probe_cpu() {
  cores=0
  while read -r key user nice system idle iowait irq softirq steal rest; do
    case $key in
      cpu)
        echo "cpu_ticks{mode=\"user\"} $user"
        echo "cpu_ticks{mode=\"nice\"} $nice"
        echo "cpu_ticks{mode=\"system\"} $system"
        echo "cpu_ticks{mode=\"idle\"} $idle"
        echo "cpu_ticks{mode=\"iowait\"} ${iowait:-0}"
        echo "cpu_ticks{mode=\"irq\"} ${irq:-0}"
        echo "cpu_ticks{mode=\"softirq\"} ${softirq:-0}"
        echo "cpu_ticks{mode=\"steal\"} ${steal:-0}"
        ;;
      cpu*) cores=$((cores + 1)) ;;
      *) break ;;
    esac
  done <"$proc/stat"
  echo "cpu_cores $cores"
  if read -r one five fifteen rest <"$proc/loadavg"; then
    echo "load1 $one"
    echo "load5 $five"
    echo "load15 $fifteen"
  fi
}

probe_memory() {
  while read -r key kib rest; do
    case $key in
      MemTotal:) echo "memory_kib{kind=\"total\"} $kib" ;;
      MemFree:) echo "memory_kib{kind=\"free\"} $kib" ;;
      MemAvailable:) echo "memory_kib{kind=\"available\"} $kib" ;;
      Buffers:) echo "memory_kib{kind=\"buffers\"} $kib" ;;
      Cached:) echo "memory_kib{kind=\"cached\"} $kib" ;;
      SwapTotal:) echo "swap_kib{kind=\"total\"} $kib" ;;
      SwapFree:)
        echo "swap_kib{kind=\"free\"} $kib"
        break
        ;;
    esac
  done <"$proc/meminfo"
}

# Real filesystems only: block devices, ZFS data sets and whatever the root is. Files mounted into a container are none.
is_disk() {
  [ -d "$2" ] || return 1
  case $1 in
    /dev/loop*) return 1 ;;
    /dev/*) return 0 ;;
  esac
  [ "$2" = / ] && return 0
  case $zfs in *" $1 "*) return 0 ;; esac
  return 1
}

probe_disks() {
  zfs=' '
  if [ -r "$proc/mounts" ]; then
    while read -r source mount type rest; do
      [ "$type" = zfs ] && zfs="$zfs$source "
    done <"$proc/mounts"
  fi
  # -l keeps df away from network mounts; busybox does not know it.
  for flag in k i; do
    table=$(limited df -P -l -$flag) || [ -n "$table" ] || table=$(limited df -P -$flag)
    if [ -z "$table" ]; then
      not_found "df -$flag" 'df gave no answer within 3 seconds'
      continue
    fi
    while read -r device total used available percent mount; do
      case $total in '' | *[!0-9]*) continue ;; esac
      [ "$total" != 0 ] && is_disk "$device" "$mount" || continue
      quoted "$mount"
      if [ $flag = k ]; then
        echo "disk_kib{mount=\"$value\",kind=\"total\"} $total"
        echo "disk_kib{mount=\"$value\",kind=\"used\"} $used"
        echo "disk_kib{mount=\"$value\",kind=\"available\"} $available"
      else
        echo "inodes{mount=\"$value\",kind=\"total\"} $total"
        echo "inodes{mount=\"$value\",kind=\"used\"} $used"
      fi
    done <<END_OF_TABLE
$table
END_OF_TABLE
  done
}

# Virtual links (loopback, container bridges and their ends) carry the same bytes again and come and go.
probe_network() {
  if [ ! -r "$proc/net/dev" ]; then
    not_found network "no $proc/net/dev"
    return
  fi
  while IFS=': ' read -r device received packets errors drops fifo frame compressed multicast sent rest; do
    case $device in
      '' | Inter-* | face* | lo | veth* | docker* | br-* | virbr* | cni* | flannel* | cali* | tun* | tap* | ifb* | dummy*) continue ;;
    esac
    case $sent in '' | *[!0-9]*) continue ;; esac
    echo "network_bytes{device=\"$device\",direction=\"receive\"} $received"
    echo "network_bytes{device=\"$device\",direction=\"transmit\"} $sent"
  done <"$proc/net/dev"
}

# A container's own counters are read from its cgroup: `docker stats` takes two seconds, this takes none.
container_usage() {
  quoted "$2"
  for dir in "$cgroup/system.slice/docker-$1.scope" "$cgroup/docker/$1"; do
    [ -r "$dir/cpu.stat" ] || continue
    while read -r key number; do
      if [ "$key" = usage_usec ]; then
        echo "container_cpu_usec{name=\"$value\"} $number"
        break
      fi
    done <"$dir/cpu.stat"
    if [ -r "$dir/memory.current" ] && read -r current <"$dir/memory.current"; then
      inactive=0
      [ -r "$dir/memory.stat" ] && while read -r key number; do
        [ "$key" = inactive_file ] && inactive=$number && break
      done <"$dir/memory.stat"
      echo "container_memory_bytes{name=\"$value\"} $((current > inactive ? current - inactive : 0))"
    fi
    return
  done
  for part in "docker/$1" "system.slice/docker-$1.scope"; do
    [ -r "$cgroup/cpuacct/$part/cpuacct.usage" ] || continue
    read -r number <"$cgroup/cpuacct/$part/cpuacct.usage"
    echo "container_cpu_usec{name=\"$value\"} $((number / 1000))"
    if read -r current <"$cgroup/memory/$part/memory.usage_in_bytes"; then
      inactive=0
      while read -r key number; do
        [ "$key" = total_inactive_file ] && inactive=$number && break
      done <"$cgroup/memory/$part/memory.stat"
      echo "container_memory_bytes{name=\"$value\"} $((current > inactive ? current - inactive : 0))"
    fi
    return
  done
}

probe_docker() {
  if ! have docker; then
    not_found docker 'no docker command'
    return
  fi
  if ! list=$(limited docker ps -a --no-trunc --format '{{.ID}} {{.State}} {{.Names}}'); then
    not_found docker 'docker ps failed: no daemon, or this user may not ask it'
    return
  fi
  running=0 exited=0 restarting=0 paused=0 created=0 dead=0
  while read -r id state name; do
    case $state in
      running) running=$((running + 1)) ;;
      exited) exited=$((exited + 1)) ;;
      restarting) restarting=$((restarting + 1)) ;;
      paused) paused=$((paused + 1)) ;;
      created) created=$((created + 1)) ;;
      dead) dead=$((dead + 1)) ;;
    esac
    [ "$state" = running ] && container_usage "$id" "$name"
  done <<END_OF_LIST
$list
END_OF_LIST
  echo "containers{state=\"running\"} $running"
  echo "containers{state=\"exited\"} $exited"
  echo "containers{state=\"restarting\"} $restarting"
  echo "containers{state=\"paused\"} $paused"
  echo "containers{state=\"created\"} $created"
  echo "containers{state=\"dead\"} $dead"

  if ! list=$(limited docker service ls --format '{{.Name}} {{.Replicas}}'); then
    not_found 'docker swarm' 'this node is no swarm manager'
    return
  fi
  while read -r name replicas rest; do
    running=${replicas%%/*} wanted=${replicas#*/}
    case $running$wanted in '' | *[!0-9]*) continue ;; esac
    quoted "$name"
    echo "service_replicas{service=\"$value\",kind=\"running\"} $running"
    echo "service_replicas{service=\"$value\",kind=\"wanted\"} $wanted"
  done <<END_OF_LIST
$list
END_OF_LIST
}

# One statement gives finished lines. A session of another user shows its state only to members of pg_read_all_stats.
postgres_query="
SET statement_timeout = 2500;
SELECT format('postgres_connections{state=\"%s\"} %s', coalesce(state, 'hidden'), count(*))
  FROM pg_stat_activity
 WHERE backend_type = 'client backend' OR (backend_type IS NULL AND datid IS NOT NULL) GROUP BY state
UNION ALL SELECT format('postgres_max_connections %s', current_setting('max_connections'))
UNION ALL SELECT format('postgres_database_bytes{database=\"%s\"} %s',
  regexp_replace(datname, '([\\\\\"])', '\\\\\\1', 'g'), pg_database_size(oid))
  FROM pg_database WHERE datallowconn AND NOT datistemplate AND has_database_privilege(oid, 'CONNECT')"

probe_postgres() {
  via=${HEADROOM_PG_VIA:-}
  [ "$via" = off ] && return
  set -- -X -q -A -t -w -v ON_ERROR_STOP=1
  [ -n "${HEADROOM_PG_HOST:-}" ] && set -- "$@" -h "$HEADROOM_PG_HOST"
  [ -n "${HEADROOM_PG_PORT:-}" ] && set -- "$@" -p "$HEADROOM_PG_PORT"
  [ -n "${HEADROOM_PG_USER:-}" ] && set -- "$@" -U "$HEADROOM_PG_USER"
  set -- "$@" -d "${HEADROOM_PG_DATABASE:-postgres}" -c "$postgres_query"
  if [ "$via" = docker ]; then
    if ! have docker; then
      not_found postgres 'no docker command'
    elif ! limited docker exec -e PGCONNECT_TIMEOUT=2 "${HEADROOM_PG_CONTAINER:-}" psql "$@"; then
      not_found postgres 'psql in the container failed'
    fi
    return
  fi
  if ! have psql; then
    not_found postgres 'no psql command'
  elif ! PGCONNECT_TIMEOUT=2 limited psql "$@"; then
    not_found postgres 'psql could not connect as this user'
  fi
}

hundredths
began=$centi
echo "uptime_seconds $up"
has_timeout=
# Old busybox wants `-t` before the seconds; that one is treated as having none.
if have timeout && timeout -s KILL 1 true </dev/null >/dev/null 2>&1; then has_timeout=1; fi
probe_cpu
probe_memory
probe_network
probe_disks
probe_docker
probe_postgres
hundredths
echo "probe_end{milliseconds=\"$(((centi - began) * 10))\"} 1"
