#!/usr/bin/env bash
# The command line, told where this stack is: ofs.sh get movie inception

set -euo pipefail
# shellcheck source=lib/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"

case $(mode) in
  native)
    set -a
    # shellcheck source=/dev/null
    . "$STATE/ofs.env"
    exec node "$QUICK_START/../services/ofs/dist/cli/main.js" "$@"
    ;;
  docker) compose run --rm --no-deps ofs "$@" ;;
  *) fail 'nothing was started' ;;
esac
