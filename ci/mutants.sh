#!/usr/bin/env bash
# Changes `codegen/compat` in every small way and sees whether its tests notice.
#
#   ci/mutants.sh [GLOB...]         files of the crate; all of them unless told otherwise
#
# Needs `cargo install cargo-mutants`. Two hours on two cores for all: first the
# tests that take no time, then all tests on what those did not notice. What no
# test noticed stands in target/mutants/all/mutants.out/missed.txt. A mutant that
# is no change at all is named in .cargo/mutants.toml, with the reason.
set -euo pipefail
cd "$(dirname "$0")/.."

files=()
for glob in "$@"; do
    files+=(--file "codegen/compat/src/$glob")
done

mutants() { # mutants OUTPUT OPTIONS... -- TEST-OPTIONS...: the tests were seen to pass
    local output=$1
    shift
    mkdir -p "target/mutants/$output"
    CARGO_PROFILE_DEV_DEBUG=0 INSTA_UPDATE=no cargo mutants \
        --package accordant-compat --output "target/mutants/$output" -j 2 \
        --timeout 90 --baseline=skip --no-shuffle --colors never \
        --cargo-arg=--config='profile.dev.package."*".opt-level=2' \
        --cargo-arg=--config='profile.dev.package.accordant-schema.opt-level=2' "$@"
}

cargo test -q -p accordant-compat --lib --test it
slow=(law:: plan:: a_report_ends the_effects_are rules_speak large_schemas
    a_long_chain_of_types hostile:: fuzz)
mutants quick ${files[@]+"${files[@]}"} \
    -- --test it -- "${slow[@]/#/--skip=}" || true
# Names, without the line that they stand in, as regular expressions.
names=()
while IFS= read -r name; do
    name=$(sed -E 's/[][\.*^$()+?{}|]/\\&/g; s/^([^:]*):[0-9]+:[0-9]+: /\1:\\d+:\\d+: /' <<<"$name")
    names+=(--re "^$name\$")
done <target/mutants/quick/mutants.out/missed.txt
if [ ${#names[@]} -gt 0 ]; then
    mutants all "${names[@]}" -- --lib --test it
fi
