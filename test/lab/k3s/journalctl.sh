#!/bin/sh
# Stands for journalctl: the last lines of a unit. Lines begin with the second they were written in, which is left out.
unit=; lines=10; since=0
while [ $# -gt 0 ]; do
case $1 in
-u) unit=$2; shift ;;
-n) lines=$2; shift ;;
--since) since=${2#@}; shift ;;
--no-pager) ;;
-o) [ "$2" = cat ] || exit 1; shift ;;
*) echo "journalctl: unrecognized option '$1'" >&2; exit 1 ;;
esac; shift; done
awk -v since="$since" '$1 >= since { sub(/^[0-9]+ /, ""); print }' "/run/systemd/lab/${unit%.service}.log" 2>/dev/null | tail -n "$lines"
