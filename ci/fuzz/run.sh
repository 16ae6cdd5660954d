#!/usr/bin/env bash
# Fuzzes the gate for as long as it is told to.
#
#   ci/fuzz/run.sh [MINUTES]        60 unless told otherwise
#
# Needs `rustup toolchain install nightly` and `cargo install cargo-fuzz`. What it
# works on stays in target/fuzz; an input that breaks something is written to
# ci/fuzz/artifacts: make a failing test of it. With KEEP=1 the least set of
# inputs that reaches as much is added to ci/fuzz/corpus, which `cargo test`
# runs too.
set -euo pipefail
cd "$(dirname "$0")/../.."

minutes=${1:-60}
case $minutes in
    '' | *[!0-9]*) echo "usage: ci/fuzz/run.sh [MINUTES]" >&2; exit 2 ;;
esac
kept=ci/fuzz/corpus/schema
work=$PWD/target/fuzz
mkdir -p "$work/corpus"

fuzz() { # fuzz COMMAND ARGUMENTS...: cargo-fuzz, on its own folder
    local command=$1
    shift
    cargo +nightly fuzz "$command" --fuzz-dir ci/fuzz --target-dir "$work" schema "$@"
}

# Seeds: what was kept, and the schemas of this repository.
seeds=$(mktemp -d)
trap 'rm -rf "$seeds"' EXIT
find contracts codegen/build/tests codegen/compat/tests -name '*.avsc' -print0 \
    | while IFS= read -r -d '' file; do cp "$file" "$seeds/$(sha256sum "$file" | cut -c1-16)"; done

fuzz run "$work/corpus" "$kept" "$seeds" -- \
    -max_total_time=$((minutes * 60)) -max_len=4096 -timeout=10 -rss_limit_mb=2048 -print_final_stats=1

if [ -n "${KEEP:-}" ]; then
    fuzz run "$kept" "$work/corpus" "$seeds" -- -merge=1 -max_len=4096
    find "$kept" -type f | wc -l
fi
