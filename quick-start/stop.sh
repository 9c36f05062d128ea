#!/usr/bin/env bash
# Stops what start.sh has started.
#
# stop.sh            data stay
# stop.sh --purge    and removes all data, logs, passwords, and our own images; nothing else
# stop.sh --help     this

set -euo pipefail
# shellcheck source=lib/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"

purge=0
case ${1:-} in
  '') ;;
  --purge) purge=1 ;;
  --help | -h) usage; exit 0 ;;
  *) say "unknown option $1"; usage >&2; exit 2 ;;
esac

case $(mode) in
  native)
    native stop
    [ "$purge" -eq 0 ] || native purge
    ;;
  docker)
    if [ "$purge" -eq 0 ]; then
      compose --profile tools stop
    else
      compose --profile tools down --volumes --remove-orphans
      docker image ls --quiet --filter 'reference=localhost/ofs-*' | sort -u | xargs -r docker image rm --force
      rm -rf "$STATE"
    fi
    ;;
  *) say 'nothing was started' ;;
esac
