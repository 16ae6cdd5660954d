#!/usr/bin/env bash
# The gate as a CI runs it: a report for the log, one for the CI, one exit code.
# All settings come from the environment, because what is put into a script's
# text by a template could be a command.
#
#   GATE_CONTRACTS   the contracts folder (contracts)
#   GATE_AGAINST     a git ref, a folder or a registry's URL to compare with; may be empty
#   GATE_FORMAT      the CI's format: github, gitlab, sarif, junit, markdown, json
#   GATE_REPORT      where that goes; standard output when it is empty
#   GATE_SUMMARY     a file that gets the report for a pull request (Markdown); may be empty
#   ACCORDANT        the command that is the binary (accordant)
#
# Exit codes: 0 nothing found, 1 findings, 2 could not be done.
set -euo pipefail

read -ra binary <<<"${ACCORDANT:-accordant}"
unset ACCORDANT # it is no setting of the binary's
arguments=(check --contracts "${GATE_CONTRACTS:-contracts}")
if [ -n "${GATE_AGAINST:-}" ]; then
    arguments+=("--against=$GATE_AGAINST")
fi

code=0
"${binary[@]}" "${arguments[@]}" || code=$?
if [ "$code" -gt 1 ]; then
    exit "$code"
fi
# The same question in another form has the same answer.
if [ -n "${GATE_FORMAT:-}" ]; then
    output=()
    if [ -n "${GATE_REPORT:-}" ]; then
        output=(--output "$GATE_REPORT")
    fi
    "${binary[@]}" "${arguments[@]}" --format "$GATE_FORMAT" "${output[@]}" || [ $? = 1 ]
fi
if [ -n "${GATE_SUMMARY:-}" ]; then
    "${binary[@]}" "${arguments[@]}" --format markdown >>"$GATE_SUMMARY" || [ $? = 1 ]
fi
exit "$code"
