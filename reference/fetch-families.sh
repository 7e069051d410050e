#!/bin/sh
# Fetches vocabularies and chat templates of real families, whose licences are their own, into a folder:
#   sh reference/fetch-families.sh <folder>
#   LETHE_FAMILIES=<folder> npx vitest run test/family-tokenizers.test.ts src/jinja
set -eu
target=$1
mkdir -p "$target"
fetched=$(mktemp -d)
trap 'rm -r "$fetched"' EXIT
python3 -m pip download -q --no-deps --no-binary :all: llama-cpp-python==0.3.36 -d "$fetched"
tar -xzf "$fetched"/*.tar.gz -C "$target" --strip-components=4 --wildcards '*/vendor/llama.cpp/models/*'
