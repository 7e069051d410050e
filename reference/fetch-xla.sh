#!/bin/sh
# Fetches two plugins of XLA for the CPU (Linux, x86-64), the newest and the oldest interface that the tests run on:
#   sh reference/fetch-xla.sh <folder>
#   LETHE_XLA_PLUGINS=<folder> npx vitest run src/engine/xla test/xla
# A wheel is a zip; nothing is installed. What is there already, with its digest, is not fetched again.
set -eu
target=$1
mkdir -p "$target"
fetch() {
  name=$1 version=$2 digest=$3
  if [ "$(cat "$target/$name.sha256" 2>/dev/null)" = "$digest" ]; then return; fi
  fetched=$(mktemp -d "$target/fetching.XXXXXX")
  python3 -m pip download -q --no-deps --only-binary :all: --platform manylinux_2_27_x86_64 -d "$fetched" "$name==$version"
  echo "$digest  $(echo "$fetched"/*.whl)" | sha256sum -c --quiet -
  python3 -m zipfile -e "$fetched"/*.whl "$target/$name"
  echo "$digest" > "$target/$name.sha256"
  rm -r "$fetched"
}
fetch lammps-jax-pjrt-cpu 0.11.2 1319390d948b39f69f7dade496b7c385149d9ca6097a6b62114da113216d9ad1
fetch xla-cpu-pjrt 0.0.1 55837b6b7b47daa717f2d9a5a03563ea0ceaa338d06a81a1e2d3f060d960decc
