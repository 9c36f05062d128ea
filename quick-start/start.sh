#!/usr/bin/env bash
# Starts the store on real servers, prints passwords and a tour. What runs already stays as it is.
#
# start.sh                     asks what to start
# start.sh --all               everything
# start.sh SERVICE...          these, and what they need; names: restart.sh --list
# start.sh --native ...        without containers; chosen by itself where no Docker engine answers
# start.sh --help              this
#
# Versions and ports are in .env; a variable of the shell takes the place of one in there.

set -euo pipefail
# shellcheck source=lib/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"

readonly OURS=(api-server consumer horizon populator prometheus grafana etcd-workbench)
# The service that has each port.
declare -rA OWNERS=(
  [API_SERVER_PORT]=api-server [ROW_PORT]=api-server [CONSUMER_PORT]=consumer [HORIZON_PORT]=horizon
  [POPULATOR_PORT]=populator [SCYLLA_PORT]=scylla [MYSQL_PORT]=mysql [REDIS_PORT]=redis [ETCD_PORT]=etcd
  [KAFKA_PORT]=kafka [S3_PORT]=s3 [S3_CONSOLE_PORT]=s3 [PROMETHEUS_PORT]=prometheus [GRAFANA_PORT]=grafana
  [ETCD_WORKBENCH_PORT]=etcd-workbench
)

# ask: sets the array services.
ask() {
  local answer name
  [ -t 0 ] || { usage >&2; exit 2; }
  printf '1  everything\n2  choose\n0  nothing\n> '
  read -r answer
  case $answer in
    1) services=("${OURS[@]}") ;;
    2)
      for name in "${OURS[@]}"; do
        read -r -p "$name? [y/N] " answer
        case $answer in [yY]*) services+=("$name") ;; esac
      done
      ;;
    *) exit 0 ;;
  esac
  [ "${#services[@]}" -gt 0 ] || fail 'nothing was chosen'
}

# Names each port that one of the services $@ needs and somebody else has.
check_ports() {
  local variable service port holder running taken=0
  running=$(compose ps --services --status running)
  for variable in "${!OWNERS[@]}"; do
    service=${OWNERS[$variable]}
    has "$service" "$running" && continue
    has "$service" "$@" scylla mysql redis etcd kafka s3 || continue
    port=${!variable:-$(sed -n "s/^$variable=//p" "$QUICK_START/.env")}
    if holder=$(bash "$QUICK_START/lib/port-holder.sh" "$port"); then
      say "$variable=$port ($service) is held by $holder"
      taken=1
    fi
  done
  [ "$taken" -eq 0 ] || fail 'end what holds them, or set the variables, here or in quick-start/.env'
}

start_containers() {
  check_ports "$@"
  # Starts each when what it needs is healthy, or has ended well.
  compose up --detach --build "$@" || { compose logs --tail 40 init >&2; fail 'not everything was started'; }
  compose up --detach --no-deps --no-recreate --wait "$@" || fail 'not everything is healthy: see status.sh'
  if has horizon "$@" && has api-server "$@"; then compose run --rm --no-deps sample; fi
  compose run --rm --no-deps tour
}

# has NAME WORD...: whether one of the words is the name.
has() { local name=$1; shift; printf '%s\n' "$@" | grep -qxF -- "$name"; }

main() {
  local services=() is_native=0 argument
  for argument in "$@"; do
    case $argument in
      --all) services=("${OURS[@]}") ;;
      --native) is_native=1 ;;
      --help | -h) usage; exit 0 ;;
      -*) say "unknown option $argument"; usage >&2; exit 2 ;;
      *) services+=("$argument") ;;
    esac
  done
  [ "${#services[@]}" -gt 0 ] || ask
  local chosen=docker
  if [ "$is_native" -eq 1 ] || ! has_engine; then
    [ "$is_native" -eq 1 ] || say 'no Docker engine with compose answers: starting without containers'
    chosen=native
  fi
  make_state
  local before
  before=$(mode)
  [ -z "$before" ] || [ "$before" = "$chosen" ] || fail "the last start was with $before: stop.sh --purge first"
  printf '%s\n' "$chosen" >"$STATE/mode"
  if [ "$chosen" = native ]; then
    native start "${services[@]}"
    native tour
  else
    start_containers "${services[@]}"
  fi
}

main "$@"
