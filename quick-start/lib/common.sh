# What the scripts of this folder have in common; read by them, not run.
# shellcheck shell=bash

QUICK_START=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# Data, logs, passwords and who runs; docker keeps data in volumes of its own.
STATE=${OFS_QUICK_START_STATE:-$QUICK_START/.state}

say() { printf '[quick-start] %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

# The text between the first two lines of a script and its first empty line, without "# ".
usage() { sed -n '2,/^$/s/^# \{0,1\}//p' "$0"; }

has_engine() { docker compose version >/dev/null 2>&1 && docker info >/dev/null 2>&1; }

# What the last start ran on: native, docker, or nothing.
mode() { if [ -f "$STATE/mode" ]; then cat "$STATE/mode"; fi; }

compose() {
  docker compose --project-directory "$QUICK_START" --env-file "$QUICK_START/.env" --env-file "$STATE/secrets.env" "$@"
}

native() {
  node "$QUICK_START/../scripts/bootstrap.mjs"
  (cd "$QUICK_START/.." && OFS_QUICK_START_STATE=$STATE node --conditions=@ofs/source --import tsx quick-start/src/main.ts "$@")
}

random() { od -An -N16 -tx1 /dev/urandom | tr -d ' \n'; }

# The state folder with passwords, made once. The file quick-start in it says whose it is.
make_state() {
  if [ -d "$STATE" ] && [ ! -e "$STATE/quick-start" ] && [ -n "$(ls -A "$STATE")" ]; then
    fail "$STATE is not empty and not of the quick start"
  fi
  mkdir -p "$STATE"
  chmod 700 "$STATE"
  touch "$STATE/quick-start"
  [ -s "$STATE/secrets.env" ] && return
  local name
  for name in ADMIN_PASSWORD GRAFANA_PASSWORD JWT_SECRET MYSQL_PASSWORD MYSQL_ROOT_PASSWORD OPERATOR_TOKEN S3_SECRET_KEY; do
    # The control plane wants an upper-case letter and a sign in a password.
    printf '%s=Ofs-%s\n' "$name" "$(random)"
  done >"$STATE/secrets.new"
  printf 'S3_ACCESS_KEY=ofs\n' >>"$STATE/secrets.new"
  chmod 600 "$STATE/secrets.new"
  mv "$STATE/secrets.new" "$STATE/secrets.env"
}
