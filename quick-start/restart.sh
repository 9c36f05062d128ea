#!/usr/bin/env bash
# Restarts one service, with its image built anew, and nothing that it needs.
#
# restart.sh SERVICE
# restart.sh --list     names of services
# restart.sh --help     this

set -euo pipefail
# shellcheck source=lib/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"

case ${1:-} in
  --help | -h) usage; exit 0 ;;
  --list)
    sed -n '/^services:/,/^volumes:/s/^  \([a-z0-9-]*\):$/\1/p' "$QUICK_START/compose.yaml" | grep -vxE 'init|sample|ofs|tour'
    exit 0
    ;;
  '' | -*) usage >&2; exit 2 ;;
esac

case $(mode) in
  native) native restart "$1" ;;
  docker) compose up --detach --build --force-recreate --no-deps --wait "$1" ;;
  *) fail 'nothing was started' ;;
esac
