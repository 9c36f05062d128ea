#!/usr/bin/env bash
# Says what runs, and whether it is ready.

set -euo pipefail
# shellcheck source=lib/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"

case ${1:-} in
  '') ;;
  *) usage; exit 0 ;;
esac

case $(mode) in
  native) native status ;;
  docker) compose ps --all ;;
  *) say 'nothing was started' ;;
esac
