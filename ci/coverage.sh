#!/usr/bin/env bash
# Which lines of `codegen/compat` its own tests do not run.
#
#   ci/coverage.sh                  lines, with the project's toolchain
#   ci/coverage.sh --branches       branches too, which only a nightly counts
#
# Needs `rustup component add llvm-tools`; for branches that of the nightly below
# (`rustup toolchain install TOOLCHAIN --profile minimal -c llvm-tools`). A table
# of all files stands in target/coverage/report.txt, their text with counts in
# target/coverage/lines.txt. Ends with 1 if a line is not run.
set -euo pipefail
cd "$(dirname "$0")/.."

nightly=nightly-2026-05-20
case ${1:-} in
    '') toolchain=() flags='-C instrument-coverage' ;;
    --branches) toolchain=("+$nightly") flags='-C instrument-coverage -Z coverage-options=branch' ;;
    *) echo "usage: ci/coverage.sh [--branches]" >&2; exit 2 ;;
esac
sysroot=$(rustc ${toolchain[@]+"${toolchain[@]}"} --print sysroot)
tools=$(echo "$sysroot"/lib/rustlib/*/bin)
if [ ! -x "$tools/llvm-cov" ]; then
    echo "llvm-cov is missing: rustup component add llvm-tools" >&2
    exit 2
fi

out=$PWD/target/coverage
mkdir -p "$out"
rm -f "$out"/*.profraw
export CARGO_TARGET_DIR="$out/target" CARGO_INCREMENTAL=0 RUSTFLAGS=$flags
export LLVM_PROFILE_FILE="$out/%p-%m.profraw"
tests=(${toolchain[@]+"${toolchain[@]}"} test -p accordant-compat --lib --test it)
binaries=$(cargo "${tests[@]}" --no-run --message-format=json |
    sed -n 's/.*"executable":"\([^"]*\)".*/\1/p')
cargo "${tests[@]}"

"$tools/llvm-profdata" merge -sparse "$out"/*.profraw -o "$out/all.profdata"
rm -f "$out"/*.profraw
objects=()
for binary in $binaries; do
    objects+=(-object "$binary")
done
cover() { # cover COMMAND [OPTIONS...]
    "$tools/llvm-cov" "$@" "${objects[@]:1}" -instr-profile="$out/all.profdata" \
        --sources codegen/compat/src
}
cover report >"$out/report.txt"
cover show --show-branches=count >"$out/lines.txt"
sed -n '1p;$p' "$out/report.txt"
missed=$(awk '/^\/.*:$/ { file = $0 } /^ *[0-9]+\| *0\|/ { print file " " $0 }' "$out/lines.txt")
if [ -n "$missed" ]; then
    echo "not run:"
    echo "$missed"
    exit 1
fi
echo "every line is run"
