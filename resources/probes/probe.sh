# Headroom's probe: one look at a Linux host, sent to `sh -s` over standard input once a round. Reads, changes nothing.
# Plain POSIX sh (dash, bash, busybox ash) and awk, no root, few forks. Prints `key{labels} value`, one sample a line:
# counters raw (the app makes rates of them), what the host lacks as `not_found{what,why} 1`, last `probe_end`.
# Every child has </dev/null, or its own input: it would read the rest of this script otherwise.
# What goes before it: HEADROOM_PG_VIA psql|docker|off, HEADROOM_PG_{CONTAINER,HOST,PORT,USER,DATABASE};
# HEADROOM_SLOW=1 where the dear parts are due too (sizes, statements, restarts, services, units, states of sockets);
# HEADROOM_ONLY=1 for the services alone; and a function headroom_services that calls redis_service, pgbouncer_service and the like below.
# Secrets come as arguments of those calls, which are words of this script and never of a program.
set -u
unset CDPATH PGPASSWORD REDISCLI_AUTH
LC_ALL=C
PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
proc=${HEADROOM_PROC:-/proc}
sys=${HEADROOM_SYS:-/sys}
cgroup=${HEADROOM_CGROUP:-$sys/fs/cgroup}
sockets=${HEADROOM_SOCKETS:-/var/run}
slow=${HEADROOM_SLOW:-}
newline='
'

echo 'headroom_probe 2'
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
# One of a program with many names, as busybox is: a link to it, or a part of the shell itself.
is_applet() {
  # As `command -v` looks, without its fork.
  IFS=:
  for dir in $PATH; do
    [ -f "$dir/$1" ] && [ -x "$dir/$1" ] || continue
    unset IFS
    [ -L "$dir/$1" ]
    return
  done
  unset IFS
}
not_found() { echo "not_found{what=\"$1\",why=\"$2\"} 1"; }

# A label's value: backslash and quote are escaped, lines are joined. Without a fork.
quoted() {
  value=''
  tail=$1
  while :; do
    case $tail in
      *[\\\"]* | *[[:cntrl:]]*) ;;
      *) break ;;
    esac
    plain=${tail%%[\\\"[:cntrl:]]*}
    tail=${tail#"$plain"}
    special=${tail%"${tail#?}"}
    tail=${tail#?}
    case $special in
      [\\\"]) value=$value$plain\\$special ;;
      *) value="$value$plain " ;;
    esac
  done
  value=$value$tail
}

# What a program said of its failure, as the reason why something is not found.
failed() {
  quoted "$1"
  what=$value
  # A shell says "Killed" of a program that took too long; the third word says it better.
  text=${2%Killed}
  text=${text%"$newline"}
  [ -n "$text" ] || text=$3
  quoted "$(printf '%.400s' "$text")"
  echo "not_found{what=\"$what\",why=\"$value\"} 1"
}

# At most 3 seconds (or $limit) for a child that may hang (a dead mount, a stuck daemon), with or without timeout(1).
# Its input is what this function has; callers without one give </dev/null.
limited() {
  if [ -n "$has_timeout" ]; then
    timeout -s KILL "$limit" "$@"
    return
  fi
  # A background child of a shell without job control would get /dev/null for input, so it is handed on by number.
  exec 3<&0
  "$@" <&3 &
  child=$!
  exec 3<&-
  { sleep "$limit"; kill -9 "$child"; } </dev/null >/dev/null 2>&1 &
  watch=$!
  wait "$child" 2>/dev/null
  code=$?
  kill "$watch" 2>/dev/null
  return $code
}

# Nothing more is begun when a round has taken 12 seconds.
in_time() {
  hundredths
  [ $((centi - began)) -lt 1200 ] && return
  failed "$1" '' 'the round had taken 12 seconds already'
  return 1
}

# Everything of /proc in one awk. Counters pass through as text: old awks keep no more than 6 digits of a computed number.
kernel_tables='
function table(name) { file = proc "/" name }
function more() { return (getline < file) > 0 }
BEGIN {
  split("user nice system idle iowait irq softirq steal", mode, " ")
  table("stat")
  while (more()) {
    if ($1 == "cpu") {
      for (i = 1; i <= 8; i++) print "cpu_ticks{mode=\"" mode[i] "\"} " ($(i + 1) == "" ? 0 : $(i + 1))
    } else if ($1 ~ /^cpu[0-9]+$/) {
      cores++
      all = 0
      for (i = 2; i <= 9; i++) all += $i
      if (cores <= 256) {
        printf "core_ticks{core=\"%s\",kind=\"total\"} %.0f\n", substr($1, 4), all
        printf "core_ticks{core=\"%s\",kind=\"unused\"} %.0f\n", substr($1, 4), $5 + $6
      }
    } else if ($1 == "btime") print "boot_time_seconds " $2
    else if ($1 == "procs_running") print "processes{state=\"running\"} " $2
    else if ($1 == "procs_blocked") print "processes{state=\"blocked\"} " $2
  }
  print "cpu_cores " cores + 0
  kib["MemTotal:"] = "memory_kib{kind=\"total\"}"
  kib["MemFree:"] = "memory_kib{kind=\"free\"}"
  kib["MemAvailable:"] = "memory_kib{kind=\"available\"}"
  kib["Buffers:"] = "memory_kib{kind=\"buffers\"}"
  kib["Cached:"] = "memory_kib{kind=\"cached\"}"
  kib["SReclaimable:"] = "memory_kib{kind=\"reclaimable\"}"
  kib["Shmem:"] = "memory_kib{kind=\"shared\"}"
  kib["SwapTotal:"] = "swap_kib{kind=\"total\"}"
  kib["SwapFree:"] = "swap_kib{kind=\"free\"}"
  table("meminfo")
  while (more()) if ($1 in kib) print kib[$1], $2
  table("vmstat")
  while (more())
    if ($1 == "oom_kill") print "oom_kills " $2
    else if ($1 == "pswpin") print "swap_pages{direction=\"in\"} " $2
    else if ($1 == "pswpout") print "swap_pages{direction=\"out\"} " $2
    else if ($1 == "pgmajfault") print "major_faults " $2

  # These two give all in one read, and nothing to a shell that reads them byte by byte.
  table("sys/fs/file-nr")
  if (more()) print "file_handles{kind=\"open\"} " $1 "\nfile_handles{kind=\"max\"} " $3
  table("sys/kernel/random/boot_id")
  if (more() && $1 ~ /^[0-9a-f-]+$/) print "boot{id=\"" $1 "\"} 1"

  # Whole devices only: a partition counts the same again. A sector here is 512 bytes whatever the device has.
  table("diskstats")
  while (more()) {
    if (index(blocks, " " $3 " ") == 0 || $3 ~ /^(loop|ram|zram|sr|fd|nbd)[0-9]/ || $4 + $8 == 0) continue
    if (++disks > 64) break
    at = "disk_io{device=\"" $3 "\",kind=\""
    print at "reads\"} " $4 "\n" at "read_sectors\"} " $6 "\n" at "writes\"} " $8
    print at "write_sectors\"} " $10 "\n" at "busy_ms\"} " $13 "\n" at "waiting_ms\"} " $14
  }

  # Virtual links (loopback, container bridges and their ends) carry the same bytes again and come and go.
  table("net/dev")
  seen = 0
  while (more()) {
    seen = 1
    if (!sub(/:/, " ")) continue
    if ($1 ~ /^(lo$|veth|docker|br-|virbr|cni|flannel|cali|tun|tap|ifb|dummy|kube-|nodelocaldns|lxc|lxd|fwbr|fwpr|fwln)/) continue
    if ($10 !~ /^[0-9]+$/ || ++links > 64) continue
    at = "{device=\"" $1 "\",direction=\""
    print "network_bytes" at "receive\"} " $2 "\nnetwork_bytes" at "transmit\"} " $10
    printf "network_errors%sreceive\"} %.0f\nnetwork_errors%stransmit\"} %.0f\n", at, $4 + $5, at, $12 + $13
  }
  if (!seen) print "not_found{what=\"network\",why=\"no " proc "/net/dev\"} 1"

  # Sockets by state with the dear parts: the kernel walks through all of its table for them, which is large where memory is.
  # Not where there are so many that listing them would cost more than the answer is worth.
  sockets = -1
  table("net/sockstat")
  while (more()) if ($1 == "TCP:") {
    sockets = $3 + $7
    print "tcp_sockets{kind=\"in use\"} " $3 "\ntcp_sockets{kind=\"orphan\"} " $5 "\ntcp_sockets{kind=\"time wait\"} " $7
  }
  split("established syn-sent syn-recv fin-wait-1 fin-wait-2 time-wait close close-wait last-ack listen closing", state, " ")
  for (i = 1; i <= 11; i++) number[sprintf("%02X", i)] = i
  port["18EB"] = 6379; port["1920"] = 6432; port["1538"] = 5432; port["192B"] = 6443
  port["0050"] = 80; port["01BB"] = 443; port["2382"] = 9090
  if (slow == "") sockets = -1
  if (sockets > 20000) print "not_found{what=\"tcp states\",why=\"" sockets " sockets are too many to list each round\"} 1"
  else if (sockets >= 0) {
    split("net/tcp net/tcp6", family, " ")
    for (f = 1; f <= 2; f++) {
      table(family[f])
      while (more()) {
        if (!($4 in number)) continue
        n[number[$4]]++
        if ($4 == "0A") {
          hex = substr($2, index($2, ":") + 1)
          if (hex in port && !told[hex]++) print "listening{port=\"" port[hex] "\"} 1"
        }
      }
    }
    for (i = 1; i <= 11; i++) print "tcp_states{state=\"" state[i] "\"} " n[i] + 0
  }
}'

probe_kernel() {
  if have awk; then
    blocks=' '
    for block in "$sys"/block/*; do blocks="$blocks${block##*/} "; done
    awk -v proc="$proc" -v blocks="$blocks" -v slow="$slow" "$kernel_tables" </dev/null 2>/dev/null
  else
    not_found kernel 'no awk command'
  fi
  if read -r one five fifteen rest <"$proc/loadavg"; then
    echo "load1 $one"
    echo "load5 $five"
    echo "load15 $fifteen"
  fi
  if [ -r "$proc/pressure/cpu" ] && read -r kind rest 2>/dev/null <"$proc/pressure/cpu"; then
    for resource in cpu memory io; do
      [ -r "$proc/pressure/$resource" ] || continue
      while read -r kind rest; do
        echo "pressure_usec{resource=\"$resource\",kind=\"$kind\"} ${rest##*total=}"
      done <"$proc/pressure/$resource" 2>/dev/null
    done
  else
    not_found pressure 'the kernel keeps no pressure information (PSI)'
  fi
}

# Real filesystems only: block devices, ZFS data sets and whatever the root is. Files mounted into a container are none.
# A device that is mounted again (a bind mount, a subvolume) counts once, where it came first.
is_disk() {
  [ -d "$2" ] || return 1
  case $2 in /snap/* | /var/lib/snapd/snap/*) return 1 ;; esac
  case $1 in
    /dev/loop*) return 1 ;;
    /dev/*) case $seen in *" $1 "*) return 1 ;; esac ;;
    *)
      [ "$2" = / ] && return 0
      case $zfs in *" $1 "*) ;; *) return 1 ;; esac
      ;;
  esac
  seen="$seen$1 "
}

probe_disks() {
  zfs=' '
  if [ -r "$proc/filesystems" ] && [ -d "$proc/spl" ] && [ -r "$proc/mounts" ]; then
    while read -r source mount type rest; do
      [ "$type" = zfs ] && zfs="$zfs$source "
    done <"$proc/mounts"
  fi
  # GNU's df tells space and inodes at once; any other is asked twice. -l keeps it away from network mounts.
  if ! is_applet df; then
    table=$(limited df -k -l --output=source,size,used,avail,itotal,iused,target </dev/null 2>/dev/null)
    case $?$table in
      124 | 137)
        not_found 'df -k' 'df gave no answer within 3 seconds'
        not_found 'df -i' 'df gave no answer within 3 seconds'
        return
        ;;
      *Inodes*IUsed*)
        seen=' '
        # Without a pipe, from which a shell reads letter by letter.
        while [ -n "$table" ]; do
          row=${table%%"$newline"*}
          table=${table#"$row"}
          table=${table#"$newline"}
          first_word && device=$word && first_word && total=$word && first_word && used=$word && first_word && available=$word &&
            first_word && inodes_total=$word && first_word && inodes_used=$word && mount=${row#"${row%%[! ]*}"} &&
            disk_space && disk_inodes "$inodes_total" "$inodes_used"
        done
        return
        ;;
    esac
  fi
  # busybox does not know -l.
  for flag in k i; do
    seen=' '
    table=$(limited df -P -l -$flag </dev/null 2>/dev/null) || [ -n "$table" ] || table=$(limited df -P -$flag </dev/null 2>/dev/null)
    if [ -z "$table" ]; then
      not_found "df -$flag" 'df gave no answer within 3 seconds'
      continue
    fi
    printf '%s\n' "$table" | while read -r device total used available percent mount; do
      if [ $flag = k ]; then
        disk_space
      else
        is_disk "$device" "$mount" && quoted "$mount" && disk_inodes "$total" "$used"
      fi
    done
  done
}

# Takes the first word from $row.
first_word() {
  row=${row#"${row%%[! ]*}"}
  word=${row%% *}
  row=${row#"$word"}
  [ -n "$word" ]
}

# The filesystem of the line that was read; false for one that does not count.
disk_space() {
  case $total in '' | *[!0-9]* | 0) return 1 ;; esac
  is_disk "$device" "$mount" || return 1
  quoted "$mount"
  echo "disk_kib{mount=\"$value\",kind=\"total\"} $total"
  echo "disk_kib{mount=\"$value\",kind=\"used\"} $used"
  echo "disk_kib{mount=\"$value\",kind=\"available\"} $available"
}
disk_inodes() {
  case $1 in '' | *[!0-9]* | 0) return ;; esac
  echo "inodes{mount=\"$value\",kind=\"total\"} $1"
  echo "inodes{mount=\"$value\",kind=\"used\"} $2"
}

probe_units() {
  if [ ! -d "${HEADROOM_SYSTEMD:-/run/systemd/system}" ] || ! have systemctl; then
    not_found systemd 'systemd does not run this host'
    return
  fi
  if ! list=$(limited systemctl list-units --state=failed --plain --no-legend --no-pager --full </dev/null 2>/dev/null); then
    not_found systemd 'systemctl gave no answer'
    return
  fi
  printf '%s\n' "$list" | {
    units=0
    while read -r unit rest; do
      [ -n "$unit" ] || continue
      units=$((units + 1))
      quoted "$unit"
      [ $units -le 20 ] && echo "systemd_unit_failed{unit=\"$value\"} 1"
    done
    echo "systemd_units_failed $units"
  }
}

# A container's own counters are read from its cgroup: `docker stats` takes two seconds, this takes none.
container_usage() {
  short=${1#????????????}
  quoted "$2"
  value="$value\",id=\"${1%"$short"}"
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
      if [ -r "$dir/memory.max" ] && read -r most <"$dir/memory.max" && [ "$most" != max ]; then
        echo "container_memory_limit_bytes{name=\"$value\"} $most"
      fi
    fi
    return
  done
  for part in "docker/$1" "system.slice/docker-$1.scope"; do
    [ -r "$cgroup/cpuacct/$part/cpuacct.usage" ] || continue
    # A container may end between two looks; then there is one reading less.
    read -r number 2>/dev/null <"$cgroup/cpuacct/$part/cpuacct.usage" || return
    echo "container_cpu_usec{name=\"$value\"} $((number / 1000))"
    if [ -r "$cgroup/memory/$part/memory.usage_in_bytes" ] && read -r current <"$cgroup/memory/$part/memory.usage_in_bytes"; then
      inactive=0
      while read -r key number; do
        [ "$key" = total_inactive_file ] && inactive=$number && break
      done <"$cgroup/memory/$part/memory.stat"
      echo "container_memory_bytes{name=\"$value\"} $((current > inactive ? current - inactive : 0))"
      # Without a limit it reads as the largest multiple of a page.
      limit_file=$cgroup/memory/$part/memory.limit_in_bytes
      if [ -r "$limit_file" ] && read -r most <"$limit_file" && [ ${#most} -lt 18 ]; then
        echo "container_memory_limit_bytes{name=\"$value\"} $most"
      fi
    fi
    return
  done
}

probe_docker() {
  if ! have docker; then
    not_found docker 'no docker command'
    return
  fi
  # Without a daemon its command takes as long to fail as it takes to answer, and longer than all the rest of a round.
  # Podman, which may stand behind that name, needs none.
  if [ -z "${DOCKER_HOST:-}" ] && [ ! -S "$sockets/docker.sock" ] && [ ! -S "${XDG_RUNTIME_DIR:-/run}/docker.sock" ] &&
    [ ! -d "${DOCKER_CONFIG:-${HOME:-/}/.docker}/contexts" ] && ! have podman && ! is_applet docker; then
    not_found docker 'no daemon has its socket here'
    return
  fi
  if ! list=$(limited docker ps -a --no-trunc --format '{{.ID}} {{.State}} {{.Names}}' </dev/null 2>&1); then
    failed docker "$list" 'docker ps failed: no daemon, or this user may not ask it'
    return
  fi
  printf '%s\n' "$list" | containers_and_services
}

containers_and_services() {
  running=0 exited=0 restarting=0 paused=0 created=0 dead=0 named=0 ids=''
  while read -r id state name; do
    case $state in
      running) running=$((running + 1)) ;;
      exited) exited=$((exited + 1)) ;;
      restarting) restarting=$((restarting + 1)) ;;
      paused) paused=$((paused + 1)) ;;
      created) created=$((created + 1)) ;;
      dead) dead=$((dead + 1)) ;;
      *) continue ;;
    esac
    case $state in
      running | restarting | paused)
        named=$((named + 1))
        [ $named -le 100 ] || continue
        ids="$ids $id"
        [ "$state" = restarting ] || container_usage "$id" "$name"
        ;;
    esac
  done
  echo "containers{state=\"running\"} $running"
  echo "containers{state=\"exited\"} $exited"
  echo "containers{state=\"restarting\"} $restarting"
  echo "containers{state=\"paused\"} $paused"
  echo "containers{state=\"created\"} $created"
  echo "containers{state=\"dead\"} $dead"
  [ $named -gt 100 ] && not_found containers "only the first 100 of $named are told apart"
  [ -n "$slow" ] || return

  if [ -n "$ids" ]; then
    # A container that is gone by now makes inspect fail after it has told of the others.
    limited docker inspect --type container --format '{{.RestartCount}} {{.Name}}' $ids </dev/null 2>/dev/null |
      while read -r count name; do
        case $count in '' | *[!0-9]*) continue ;; esac
        quoted "${name#/}"
        echo "container_restarts{name=\"$value\"} $count"
      done
  fi
  if ! list=$(limited docker service ls --format '{{.Name}} {{.Replicas}}' </dev/null 2>/dev/null); then
    not_found 'docker swarm' 'this node is no swarm manager'
    return
  fi
  services=0
  printf '%s\n' "$list" | while read -r name replicas rest; do
    running=${replicas%%/*} wanted=${replicas#*/}
    case $running$wanted in '' | *[!0-9]*) continue ;; esac
    services=$((services + 1))
    [ $services -le 200 ] || break
    quoted "$name"
    echo "service_replicas{service=\"$value\",kind=\"running\"} $running"
    echo "service_replicas{service=\"$value\",kind=\"wanted\"} $wanted"
  done
}

# Every select gives finished lines. A session of another user shows its state only to members of pg_read_all_stats.
# What differs between a primary and a standby is chosen by CASE, since the functions of the one fail on the other.
postgres_query="
SET statement_timeout = 2500;
SELECT format('postgres_connections{state=\"%s\"} %s', coalesce(state, 'hidden'), count(*))
  FROM pg_stat_activity
 WHERE backend_type = 'client backend' OR (backend_type IS NULL AND datid IS NOT NULL) GROUP BY state
UNION ALL SELECT format('postgres_max_connections %s', current_setting('max_connections'))
UNION ALL SELECT format('postgres_start_seconds %s', round(extract(epoch FROM pg_postmaster_start_time())::numeric, 3))
UNION ALL SELECT format('postgres_oldest_transaction_seconds %s',
  coalesce(round(extract(epoch FROM max(clock_timestamp() - xact_start))::numeric, 1), 0))
  FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'
UNION ALL SELECT format('postgres_longest_query_seconds %s',
  coalesce(round(extract(epoch FROM max(clock_timestamp() - query_start))::numeric, 1), 0))
  FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend' AND state = 'active'
UNION ALL SELECT format('postgres_locks_waiting %s', count(*)) FROM pg_locks WHERE NOT granted
UNION ALL SELECT format('postgres_activity{kind=\"%s\"} %s', kind, number)
  FROM (SELECT sum(xact_commit) c, sum(xact_rollback) r, sum(blks_hit) h, sum(blks_read) m, sum(deadlocks) d,
               sum(temp_bytes) t FROM pg_stat_database) s,
  LATERAL (VALUES ('commits', c), ('rollbacks', r), ('hits', h), ('reads', m), ('deadlocks', d), ('temp_bytes', t)) v(kind, number)
UNION ALL SELECT format('postgres_wal_bytes %s', pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery()
  THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END, '0/0'))
UNION ALL SELECT format('postgres_standby_lag{kind=\"seconds\"} %s', CASE
  WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0
  ELSE greatest(round(extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())::numeric, 1), 0) END)
  WHERE pg_is_in_recovery() AND pg_last_xact_replay_timestamp() IS NOT NULL
UNION ALL SELECT format('postgres_standby_lag{kind=\"bytes\"} %s',
  greatest(pg_wal_lsn_diff(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()), 0))
  WHERE pg_is_in_recovery() AND pg_last_wal_receive_lsn() IS NOT NULL
UNION ALL (SELECT format('postgres_replica_lag{replica=\"%s\",kind=\"%s\"} %s', name, kind, number) FROM (
  SELECT regexp_replace(application_name || coalesce(' ' || host(client_addr), ''), '([\\\\\"])', '\\\\\\1', 'g') AS name,
         greatest(pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END, replay_lsn), 0) b,
         CASE WHEN replay_lsn IS NULL THEN NULL ELSE coalesce(round(extract(epoch FROM replay_lag)::numeric, 3), 0) END s
    FROM pg_stat_replication WHERE replay_lsn IS NOT NULL ORDER BY 1 LIMIT 16) r,
  LATERAL (VALUES ('bytes', b), ('seconds', s)) v(kind, number))"
postgres_slow_query="
SELECT format('postgres_database_bytes{database=\"%s\"} %s',
  regexp_replace(translate(datname, E'\\n\\r\\t', '   '), '([\\\\\"])', '\\\\\\1', 'g'), pg_database_size(oid))
  FROM (SELECT datname, oid FROM pg_database WHERE datallowconn AND NOT datistemplate
    AND has_database_privilege(oid, 'CONNECT') ORDER BY oid LIMIT 100) d
UNION ALL SELECT format('postgres_xid_age{kind=\"oldest\"} %s', max(age(datfrozenxid))) FROM pg_database
UNION ALL SELECT format('postgres_xid_age{kind=\"max\"} %s', current_setting('autovacuum_freeze_max_age'))
UNION ALL SELECT format('postgres_dead_rows %s', coalesce(sum(n_dead_tup), 0)) FROM pg_stat_user_tables
UNION ALL SELECT format('postgres_vacuum_age_seconds %s',
  coalesce(round(extract(epoch FROM max(clock_timestamp() - coalesce(greatest(last_vacuum, last_autovacuum), pg_postmaster_start_time())))::numeric), 0))
  FROM pg_stat_user_tables WHERE n_dead_tup > 1000"
# The probe's own questions, which begin alike, are left out.
# Constants are normalised away in these kinds of statements only; a CREATE ROLE would show its password.
postgres_statements() {
  printf '%s' "
SELECT format('postgres_statement{statement=\"%s\",kind=\"%s\"} %s', text, kind, number) FROM (
  SELECT queryid || ' ' || regexp_replace(left(regexp_replace(query, '[[:cntrl:][:space:]]+', ' ', 'g'), 120), '([\\\\\"])', '\\\\\\1', 'g') AS text,
         sum(calls) AS calls, round(sum($1)::numeric, 1) AS ms
    FROM pg_stat_statements WHERE query ~* '^\\s*(select|insert|update|delete|with|merge)\\M' AND queryid IS NOT NULL
     AND query !~ '^\\s*SELECT format\\(.1,'
   GROUP BY 1 ORDER BY 3 DESC LIMIT 10) s,
  LATERAL (VALUES ('calls', calls), ('total_ms', ms)) v(kind, number)"
}

# psql with its password, where there is one, on standard input: with -W it reads it there when there is no terminal.
# The lists below come by pipes, not by here-documents: bash before 5.1 writes those to /tmp, which may be full.
ask_psql() {
  password=$1
  container=$2
  shift 2
  if [ -n "$password" ]; then set -- -W "$@"; else set -- -w "$@"; fi
  # Debian's psql is a wrapper that takes longer than psql: it looks for the right server, which a port or an only one is.
  program=psql
  if [ -z "$container" ] && [ "$(command -v psql)" = /usr/bin/psql ] && { [ -n "$port" ] || only_server; }; then
    for one in /usr/lib/postgresql/*/bin/psql; do [ -x "$one" ] && program=$one; done
    [ "$program" = psql ] || [ -n "$port" ] || set -- -p "$only" "$@"
  fi
  set -- "$program" -X -q -A "$@"
  if [ -n "$container" ]; then set -- docker exec -i -e PGCONNECT_TIMEOUT=2 "$container" "$@"; fi
  printf '%s\n' "$password" | PGCONNECT_TIMEOUT=2 limited "$@" 2>&1
}

# The port of the only server that has its socket where Debian has them, unless this user's settings name another one.
only_server() {
  [ -z "${HEADROOM_PG_HOST:-}${PGHOST:-}${PGPORT:-}${PGCLUSTER:-}${PGSERVICE:-}" ] || return 1
  [ ! -e "${HOME:-/}/.postgresqlrc" ] || return 1
  only=
  for one in "$sockets"/postgresql/.s.PGSQL.*; do
    [ -S "$one" ] || continue
    [ -z "$only" ] || return 1
    only=${one##*.}
  done
  [ -n "$only" ]
}

ask_postgres() {
  set -- -d "${HEADROOM_PG_DATABASE:-postgres}" "$@"
  [ -n "${HEADROOM_PG_USER:-}" ] && set -- -U "$HEADROOM_PG_USER" "$@"
  [ -n "${HEADROOM_PG_PORT:-}" ] && set -- -p "$HEADROOM_PG_PORT" "$@"
  [ -n "${HEADROOM_PG_HOST:-}" ] && set -- -h "$HEADROOM_PG_HOST" "$@"
  container=
  port=${HEADROOM_PG_PORT:-}
  [ "${HEADROOM_PG_VIA:-}" = docker ] && container=${HEADROOM_PG_CONTAINER:-}
  ask_psql "${HEADROOM_PG_PASSWORD:-}" "$container" -t "$@"
}

has_psql() {
  if [ "$1" = docker ]; then need=docker; else need=psql; fi
  have $need && return
  failed "$2" '' "no $need command"
  return 1
}

probe_postgres() {
  via=${HEADROOM_PG_VIA:-}
  [ "$via" = off ] && return
  has_psql "$via" postgres || return
  set -- -c "$postgres_query"
  if [ -n "$slow" ]; then
    # The view's columns were renamed in version 13; where the extension is not there, both fail, and say so to nobody.
    set -- "$@" -c "$postgres_slow_query" -c "$(postgres_statements total_exec_time)" -c "$(postgres_statements total_time)"
  fi
  answer=$(ask_postgres "$@")
  case $answer in
    *postgres_max_connections*)
      printf '%s\n' "$answer" | while IFS= read -r line; do
        case $line in postgres_*) printf '%s\n' "$line" ;; esac
      done
      case $slow$answer in
        1*postgres_statement*) ;;
        1*) not_found 'pg_stat_statements' 'the extension is not in this database, or this role may not read it' ;;
      esac
      ;;
    *) failed postgres "$answer" 'psql gave no answer within 3 seconds' ;;
  esac
}

# redis_service id via container address port socket user password list...
# Spoken over redis-cli, else over a plain connection: the inline form of the protocol is the same text.
redis_service() {
  id=$1 via=$2 container=$3 address=$4 server=$5 socket=$6 user=$7 password=$8
  shift 8
  in_time "$id" || return
  text=
  if [ -n "$password" ]; then
    quoted "$password"
    text="\"$value\"$newline"
    if [ -n "$user" ]; then
      quoted "$user"
      text="\"$value\" $text"
    fi
    text="AUTH $text"
  fi
  text="${text}INFO$newline"
  index=0
  for list in "$@"; do
    quoted "$list"
    for count in LLEN ZCARD XLEN SCARD; do
      text="${text}ECHO headroom-list-$index$newline$count \"$value\"$newline"
    done
    index=$((index + 1))
  done
  # Looking at a key counts as a hit or a miss of its own, so the counters are read again for the next round to start from.
  [ $index = 0 ] || text="${text}INFO stats$newline"
  client=
  for one in redis-cli valkey-cli keydb-cli; do have $one && client=$one && break; done
  set --
  if [ "$via" = docker ]; then
    set -- docker exec -i "$container" redis-cli
    client=docker
  elif [ -n "$client" ]; then
    set -- "$client"
  fi
  if [ -n "$client" ]; then
    if [ -n "$socket" ]; then set -- "$@" -s "$socket"; else set -- "$@" -h "$address" -p "$server"; fi
  elif [ -n "$socket" ]; then
    failed "$id" '' 'a socket needs the redis-cli command'
    return
  elif have bash; then
    # shellcheck disable=SC2016
    set -- bash -c 'exec 4<>"/dev/tcp/$0/$1" || exit; cat >&4; cat <&4' "$address" "$server"
    text="${text}QUIT$newline"
  elif have nc; then
    set -- nc "$address" "$server"
    text="${text}QUIT$newline"
  else
    failed "$id" '' 'no redis-cli, bash or nc command'
    return
  fi
  answer=$(printf '%s' "$text" | limited "$@" 2>&1 | tail -c 65536)
  case $answer in
    *redis_version:*) ;;
    *)
      [ "$answer" = OK ] && answer=
      failed "$id" "$answer" 'Redis gave no answer within 3 seconds'
      return
      ;;
  esac
  printf '%s\n' "$answer" | awk -v id="$id" '
    BEGIN {
      split("used_memory used_memory_rss maxmemory total_system_memory connected_clients blocked_clients maxclients rejected_connections evicted_keys expired_keys keyspace_hits keyspace_misses total_commands_processed uptime_in_seconds connected_slaves master_last_io_seconds_ago master_repl_offset slave_repl_offset slave_read_repl_offset mem_fragmentation_ratio", names, " ")
      for (i in names) wanted[names[i]] = 1
    }
    { sub(/\r$/, "") }
    /^headroom-list-[0-9]+$/ { list = substr($0, 15); asked[list] = 1; next }
    list != "" {
      if (sub(/^(\(integer\) |:)/, "") || /^[0-9]+$/) { if (!(list in length_of) || $0 + 0 > length_of[list] + 0) length_of[list] = $0 }
      else if (/^[$]/) next
      else said[list] = $0
      list = ""
      next
    }
    {
      at = index($0, ":")
      key = substr($0, 1, at - 1)
      number = substr($0, at + 1)
      if (key in wanted && number ~ /^-?[0-9.]+$/) print "redis{service=\"" id "\",key=\"" key (told[key]++ ? "_after" : "") "\"} " number
      else if (key == "role") print "redis{service=\"" id "\",key=\"is_replica\"} " (number == "slave" ? 1 : 0)
      else if (key == "master_link_status") print "redis{service=\"" id "\",key=\"link_up\"} " (number == "up" ? 1 : 0)
      else if (key == "rdb_last_bgsave_status" || key == "aof_last_write_status") print "redis{service=\"" id "\",key=\"" key "\"} " (number == "ok" ? 1 : 0)
    }
    END {
      for (list in asked)
        if (list in length_of) print "redis_list{service=\"" id "\",index=\"" list "\"} " length_of[list]
        else {
          gsub(/[\\"]/, "", said[list])
          print "not_found{what=\"" id " list " list "\",why=\"" said[list] "\"} 1"
        }
    }'
}

# pgbouncer_service id via container address port user password
pgbouncer_service() {
  id=$1
  in_time "$id" || return
  has_psql "$2" "$id" || return
  container=
  port=$5
  [ "$2" = docker ] && container=$3
  answer=$(ask_psql "$7" "$container" -P footer=off -h "$4" -p "$5" -U "$6" -d pgbouncer -c 'SHOW POOLS' -c 'SHOW STATS' -c 'SHOW CONFIG' | tail -c 262144)
  case $answer in
    *cl_active*) ;;
    *)
      failed "$id" "$answer" 'PgBouncer gave no answer within 3 seconds'
      return
      ;;
  esac
  printf '%s\n' "$answer" | awk -F '|' -v id="$id" '
    function label(text) { gsub(/[\\"]/, "\\\\&", text); return text }
    $1 == "database" || $1 == "key" {
      for (i in name) delete name[i]
      for (i = 1; i <= NF; i++) name[i] = $i
      kind = $1 == "key" ? "config" : ($0 ~ /cl_active/ ? "pools" : "stats")
      next
    }
    kind == "config" { if ($1 == "max_client_conn" || $1 == "default_pool_size") print "pgbouncer_config{service=\"" id "\",key=\"" $1 "\"} " $2; next }
    kind == "pools" && $1 != "pgbouncer" {
      if (++pools > 50) next
      for (i = 3; i <= NF; i++)
        if (name[i] ~ /^(cl_active|cl_waiting|sv_active|sv_idle|sv_used|maxwait|maxwait_us)$/ && $i ~ /^[0-9]+$/)
          print "pgbouncer_pool{service=\"" id "\",database=\"" label($1) "\",user=\"" label($2) "\",key=\"" name[i] "\"} " $i
    }
    kind == "stats" && $1 != "pgbouncer" {
      if (++databases > 50) next
      for (i = 2; i <= NF; i++)
        if (name[i] ~ /^total_(xact_count|query_count|query_time|wait_time|received|sent)$/ && $i ~ /^[0-9]+$/)
          print "pgbouncer_stat{service=\"" id "\",database=\"" label($1) "\",key=\"" name[i] "\"} " $i
    }'
}

# http_service id url authorization
http_service() {
  id=$1
  in_time "$id" || return
  if have curl; then
    quoted "$2"
    text="url = \"$value\"$newline"
    if [ -n "$3" ]; then
      quoted "$3"
      text="${text}header = \"Authorization: $value\"$newline"
    fi
    answer=$(printf '%s' "$text" | limited curl -q -sS -o /dev/null --proto '=http,https' -m "$limit" -w 'headroom %{http_code} %{time_starttransfer} %{time_total}' -K - 2>&1)
    told=${answer##*headroom }
    answer=${answer%headroom *}
    case $told in
      [1-5][0-9][0-9]\ [0-9]*)
        [ -n "$answer" ] || { http_told "$id" $told; return; }
        ;;
    esac
  elif have wget && [ -z "$3" ]; then
    hundredths
    from=$centi
    answer=$(limited wget -q -S -O /dev/null -T "$limit" "$2" 2>&1 </dev/null)
    hundredths
    told=${answer##*HTTP/}
    if [ "$told" != "$answer" ]; then
      told=${told#* }
      http_told "$id" "${told%%[ $newline]*}" "$((centi - from))e-2" "$((centi - from))e-2"
      return
    fi
  else
    failed "$id" '' 'no curl command'
    return
  fi
  quoted "$(printf '%.300s' "${answer:-no answer within $limit seconds}")"
  echo "http_failed{service=\"$id\",why=\"$value\"} 1"
}
http_told() {
  echo "http_status{service=\"$1\"} $2"
  echo "http_seconds{service=\"$1\",kind=\"first byte\"} $3"
  echo "http_seconds{service=\"$1\",kind=\"total\"} $4"
}

# tls_service id address port name
tls_service() {
  id=$1
  in_time "$id" || return
  if ! have openssl; then
    failed "$id" '' 'no openssl command'
    return
  fi
  case $2 in *:*) target="[$2]:$3" ;; *) target="$2:$3" ;; esac
  answer=$(limited openssl s_client -connect "$target" -servername "$4" </dev/null 2>&1)
  told=$(printf '%s\n' "$answer" | openssl x509 -noout -enddate 2>/dev/null)
  case $told in
    notAfter=*)
      quoted "${told#notAfter=}"
      echo "tls_certificate{service=\"$id\",not_after=\"$value\"} 1"
      ;;
    *) failed "$id" "$answer" "no answer within $limit seconds" ;;
  esac
}

# own_service id kind text: the last line that the command or the query prints is the number.
own_service() {
  id=$1
  in_time "$id" || return
  if [ "$2" = sql ]; then
    has_psql "${HEADROOM_PG_VIA:-}" "$id" || return
    set -- ask_postgres -v ON_ERROR_STOP=1 -c 'SET statement_timeout = 2500' -c 'SET default_transaction_read_only = on' -c "$3"
  else
    set -- limited sh -c "$3"
  fi
  # The status goes past the pipe, so that it comes first: what is killed may still write after its shell has gone on.
  answer=$({ { "$@" </dev/null 2>&1 4>&-; echo $? >&4; } | tail -c 4096; } 4>&1)
  status=${answer%%"$newline"*}
  answer=${answer#"$status"}
  while :; do
    case $answer in
      *"$newline" | *' ') answer=${answer%?} ;;
      "$newline"* | ' '*) answer=${answer#?} ;;
      *) break ;;
    esac
  done
  last=${answer##*"$newline"}
  last=${last#"${last%%[! ]*}"}
  if [ "$status" = 137 ] || [ "$status" = 124 ]; then
    failed "$id" '' "it did not end within $limit seconds"
  elif [ "$status" != 0 ]; then
    failed "$id" "$answer" "it ended with exit code $status and printed nothing"
  else
    case $last in
      '') failed "$id" '' 'it printed nothing' ;;
      *[!0-9.eE+-]*) failed "$id" "printed no number: $last" '' ;;
      *) echo "own{service=\"$id\"} $last" ;;
    esac
  fi
}

hundredths
began=$centi
limit=3
echo "uptime_seconds $up"
has_timeout=
# Old busybox wants `-t` before the seconds; that one is treated as having none.
if have timeout && { ! is_applet timeout || timeout -s KILL 1 true </dev/null >/dev/null 2>&1; }; then has_timeout=1; fi
if [ -z "${HEADROOM_ONLY:-}" ]; then
  probe_kernel
  probe_disks
  [ -n "$slow" ] && probe_units
  probe_docker
  in_time postgres && probe_postgres
  if [ -n "$slow" ] && { have k3s || [ -d /etc/kubernetes ] || [ -d /var/lib/kubelet/pods ]; }; then echo "kubernetes_here 1"; fi
fi
if have headroom_services; then headroom_services; fi

# What it cost: this shell's own time in nanoseconds, and its children's in ticks of a hundredth of a second.
if [ -r /proc/self/stat ] && read -r line </proc/self/stat; then
  set -- ${line##*) }
  if [ $# -ge 15 ]; then
    echo "probe_ticks{of=\"self\"} $((${12} + ${13}))"
    echo "probe_ticks{of=\"children\"} $((${14} + ${15}))"
  fi
  if [ -r /proc/self/schedstat ] && read -r own_ns rest </proc/self/schedstat; then echo "probe_self_ns $own_ns"; fi
fi
hundredths
echo "probe_end{milliseconds=\"$(((centi - began) * 10))\"} 1"
