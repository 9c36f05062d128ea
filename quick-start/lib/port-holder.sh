#!/usr/bin/env bash
# port-holder.sh PORT: says who listens on a TCP port of this machine; exit code 1 if nobody does.
set -euo pipefail
port=$1

# As root it also sees processes of others.
if command -v ss >/dev/null; then
  line=$(ss -Hltnp "sport = :$port" | head -n 1)
  [ -n "$line" ] || exit 1
  holder=$(sed -nE 's/.*users:\(\("([^"]+)",pid=([0-9]+).*/process \2 (\1)/p' <<<"$line")
elif command -v lsof >/dev/null; then
  holder=$(lsof -nP -iTCP:"$port" -sTCP:LISTEN -Fpc 2>/dev/null | tr '\n' ' ' | sed -nE 's/^p([0-9]+) c([^ ]+).*/process \1 (\2)/p')
  [ -n "$holder" ] || (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || exit 1
else
  (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || exit 1
  holder=
fi
printf '%s\n' "${holder:-a process of another user, or a container}"
