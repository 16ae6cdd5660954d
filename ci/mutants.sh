#!/usr/bin/env bash
# Changes `codegen/compat` in every small way and sees whether its tests notice.
#
#   ci/mutants.sh [GLOB...]         files of the crate; all of them unless told otherwise
#
# Needs `cargo install cargo-mutants`. Two hours on two cores for all; what no
# test noticed stands in target/mutants/mutants.out/missed.txt. A mutant that is
# no change at all is named in .cargo/mutants.toml, with the reason.
set -euo pipefail
cd "$(dirname "$0")/.."

files=()
for glob in "$@"; do
    files+=(--file "codegen/compat/src/$glob")
done
mkdir -p target/mutants
# Left out are tests that watch over size: they take longer than all others
# together, and what they run others run too.
CARGO_PROFILE_DEV_DEBUG=0 INSTA_UPDATE=no cargo mutants \
    --package accordant-compat --output target/mutants --timeout 30 --no-shuffle --colors never \
    --cargo-arg=--config='profile.dev.package."*".opt-level=2' \
    --cargo-arg=--config='profile.dev.package.accordant-schema.opt-level=2' \
    ${files[@]+"${files[@]}"} \
    -- --lib --test it -- --skip large_schemas --skip a_long_chain_of_types --skip hostile::
