#!/usr/bin/env bash
# Builds every image with buildah, without a container engine or a registry of images, and tries each: its process runs
# as uid 1000, answers its health check and ends on SIGTERM with 0. Prints sizes.
#
# The base image cannot be pulled here: a stand-in of Debian's packages and Node's binary from npm takes its name.
# Needs root on Debian; installs buildah, podman and debootstrap where they are missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

readonly BASE=docker.io/library/node:24-bookworm-slim
readonly CACHE="${OFS_CACHE_FOLDER:-$HOME/.cache/ofs}/images"
readonly CA=/etc/ssl/certs/ca-certificates.crt
readonly STORAGE=(--root "$CACHE/storage" --storage-driver "${OFS_IMAGE_STORAGE:-overlay}")
readonly HEALTHY_WITHIN_S=90 ENDED_WITHIN_S=30

say() { printf '[images] %s\n' "$*" >&2; }

install_tools() {
  command -v buildah podman debootstrap >/dev/null && return
  say 'installing buildah, podman, debootstrap'
  # Services of packages must not be started.
  [ -e /usr/sbin/policy-rc.d ] || install -m 755 /dev/stdin /usr/sbin/policy-rc.d <<<$'#!/bin/sh\nexit 101'
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends buildah podman crun debootstrap >/dev/null
}

# make_base: Debian's smallest system, Node 24 and npm, under the name that the Dockerfiles ask for.
make_base() {
  podman "${STORAGE[@]}" image exists "$BASE" && return
  say "making a stand-in of $BASE"
  local root=$CACHE/root node=$CACHE/node npm
  mkdir -p "$CACHE" "$node"
  rm -rf "$root"
  debootstrap --variant=minbase --include=ca-certificates,libstdc++6 bookworm "$root" >"$CACHE/debootstrap.log" 2>&1
  npm install --silent --prefix "$node" node@24
  npm=$(npm root -g)/npm
  mkdir -p "$root/usr/local/lib/node_modules"
  cp "$node/node_modules/node/bin/node" "$root/usr/local/bin/node"
  cp -r "$npm" "$root/usr/local/lib/node_modules/npm"
  ln -sf ../lib/node_modules/npm/bin/npm-cli.js "$root/usr/local/bin/npm"
  # What this machine trusts: there may be a proxy in between.
  cp "$CA" "$root$CA"
  tar -C "$root" -c . | podman "${STORAGE[@]}" import --change "ENV NODE_EXTRA_CA_CERTS=$CA" \
    --change "ENV npm_config_cafile=$CA" - "$BASE" >/dev/null
  rm -rf "$root" "$node"
}

build() {
  local service=$1 settings=()
  [ -f "$HOME/.npmrc" ] && settings=(--volume "$HOME/.npmrc:/root/.npmrc:ro")
  buildah "${STORAGE[@]}" bud --format docker --layers --isolation=chroot --pull-never "${settings[@]}" \
    -t "localhost/ofs-$service" -f "deploy/docker/$service.Dockerfile" . >"$CACHE/$service.log" 2>&1 || {
    tail -n 40 "$CACHE/$service.log" >&2
    say "$service: the image could not be built"
    return 1
  }
}

free_port() { node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })'; }

# try_image SERVICE [VARIABLE=VALUE...]: the entry point of the image, on the network of this machine.
try_image() {
  local service=$1 container port pid ended=0 log=$CACHE/$1.run.log command uid
  shift
  port=$(free_port)
  container=$(buildah "${STORAGE[@]}" from --pull-never "localhost/ofs-$service")
  command=$(buildah "${STORAGE[@]}" inspect --format '{{join .OCIv1.Config.Entrypoint " "}}' "$container")
  if [ "$service" = ofs ]; then
    command+=" --port $port --data-folder /tmp/data --no-sample"
  fi
  local variables=(--env "APP_PORT=$port" --env APP_HOST=127.0.0.1)
  for variable in "$@"; do variables+=(--env "$variable"); done
  # shellcheck disable=SC2086 # words of the entry point
  setsid buildah "${STORAGE[@]}" run --isolation=chroot "${variables[@]}" "$container" -- $command >"$log" 2>&1 &
  local runner=$!
  for _ in $(seq "$HEALTHY_WITHIN_S"); do
    pid=$(pgrep -n -s "$runner" -x node || true)
    curl -sf "http://127.0.0.1:$port/health/self" >/dev/null && break
    kill -0 "$runner" 2>/dev/null || break
    sleep 1
  done
  uid=$(ps -o uid= -p "${pid:-1}" | tr -d ' ')
  if ! curl -sf "http://127.0.0.1:$port/health/self" >/dev/null || [ "$uid" != 1000 ]; then
    tail -n 30 "$log" >&2
    say "$service: no answer to its health check, or not uid 1000 but ${uid:-none}"
    [ -n "${pid:-}" ] && kill -9 "$pid"
    return 1
  fi
  kill -TERM "$pid"
  timeout "$ENDED_WITHIN_S" tail --pid="$runner" -f /dev/null || ended=1
  wait "$runner" || ended=$?
  buildah "${STORAGE[@]}" rm "$container" >/dev/null
  [ "$ended" -eq 0 ] || { tail -n 30 "$log" >&2; say "$service: SIGTERM did not end it with 0 ($ended)"; return 1; }
}

main() {
  install_tools
  make_base
  local etcd=${OFS_IMAGES_ETCD:-127.0.0.1:1} file service size
  for file in deploy/docker/*.Dockerfile; do
    service=$(basename "$file" .Dockerfile)
    say "$service: building"
    build "$service"
    try_image "$service" "ETCD_SERVER=$etcd" ${SETTINGS[$service]:-}
    size=$(podman "${STORAGE[@]}" image inspect --format '{{.Size}}' "localhost/ofs-$service")
    printf '%-12s %4d MB, runs as uid 1000, healthy, ends on SIGTERM\n' "$service" $((size / 1000000))
  done
}

declare -A SETTINGS=()
main "$@"
