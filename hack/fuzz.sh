#!/usr/bin/env bash
# Runs every fuzz test for a while: hack/fuzz.sh 30s. Inputs are not made smaller: for a
# manifest that takes all of the time.
set -euo pipefail
cd "$(dirname "$0")/.."

grep -rEo --include='*_test.go' '^func Fuzz[A-Za-z0-9_]+' cmd pkg |
	while IFS=: read -r file found; do
		echo "== ${found#func } in $(dirname "$file")"
		go test -run '^$' -fuzz "^${found#func }\$" -fuzztime "${1:-30s}" -fuzzminimizetime 1x "./$(dirname "$file")" </dev/null
	done
