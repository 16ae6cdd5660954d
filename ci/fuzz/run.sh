#!/usr/bin/env bash
# Fuzzes one target, or all of them one after the other, for as long as it is
# told to, each.
#
#   ci/fuzz/run.sh [MINUTES [TARGET...]]        60 unless told otherwise
#
# Needs `rustup toolchain install nightly` and `cargo install cargo-fuzz`. What it
# works on stays in target/fuzz; an input that breaks something is written to
# ci/fuzz/artifacts: make a failing test of it. With KEEP=1 the least set of
# inputs that reaches as much is added to ci/fuzz/corpus, which `cargo test`
# runs too.
set -euo pipefail
cd "$(dirname "$0")/../.."

# The next target goes here.
targets=(schema decode plan_vs_static json generator)

usage() {
    echo "usage: ci/fuzz/run.sh [MINUTES [TARGET...]], of ${targets[*]}" >&2
    exit 2
}

minutes=${1:-60}
case $minutes in
    '' | 0 | *[!0-9]*) usage ;;
esac
shift $(($# > 0))
for target in "$@"; do
    [[ " ${targets[*]} " = *" $target "* ]] || usage
done
[ $# = 0 ] || targets=("$@")

work=$PWD/target/fuzz
seeds=$(mktemp -d)
trap 'rm -rf "$seeds"' EXIT

fuzz() { # fuzz TARGET ARGUMENTS...: cargo-fuzz, on its own folder
    cargo +nightly fuzz run --fuzz-dir ci/fuzz --target-dir "$work" "$@"
}

# Seeds of what takes schemas: those of this repository. The other targets begin
# with what was kept.
make_seeds() { # make_seeds TARGET
    case $1 in
        schema | generator) ;;
        *) return ;;
    esac
    find contracts codegen/build/tests codegen/compat/tests compat-tests/corpus -name '*.avsc' -print0 \
        | while IFS= read -r -d '' file; do
            cp "$file" "$seeds/$1/$(sha256sum "$file" | cut -c1-16)"
        done
}

# The target that was first has its inputs where all of them were.
folder() { # folder TARGET
    case $1 in
        schema) echo "$work/corpus" ;;
        *) echo "$work/corpus-$1" ;;
    esac
}

# The generator takes its time, and what is short is soon changed.
length_max() { # length_max TARGET
    case $1 in
        generator) echo 600 ;;
        *) echo 4096 ;;
    esac
}

for target in "${targets[@]}"; do
    found=$(folder "$target")
    kept=ci/fuzz/corpus/$target
    mkdir -p "$found" "$kept" "$seeds/$target"
    make_seeds "$target"
    echo "==== $target, $minutes minutes"
    fuzz "$target" "$found" "$kept" "$seeds/$target" -- -max_total_time=$((minutes * 60)) \
        -max_len="$(length_max "$target")" -timeout=10 -rss_limit_mb=2048 \
        -malloc_limit_mb=40 -print_final_stats=1
    if [ -n "${KEEP:-}" ]; then
        fuzz "$target" "$kept" "$found" "$seeds/$target" -- -set_cover_merge=1 -use_counters=0 \
            -max_len="$(length_max "$target")"
        find "$kept" -type f | wc -l
    fi
done
