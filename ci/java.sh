#!/usr/bin/env bash
# Avro Java as a judge for tests: fetches Avro 1.12.1 from Maven Central and
# compiles compat-tests/java/Judge.java, once. Nothing but the cache is written.
#
#   ci/java.sh     prints JAVA_JUDGE=COMMAND: JSON lines in, JSON lines out
set -euo pipefail

source=$(cd "$(dirname "$0")/../compat-tests/java" && pwd)
cache=${ACCORDANT_CACHE:-${HOME:-/tmp}/.cache/accordant}/java
# Another source or another list of jars is another judge.
version=$(cat "$source/pom.xml" "$source/Judge.java" "$0" | sha256sum | cut -c 1-16)
home=$cache/$version

fail() {
    echo "java.sh: $*" >&2
    exit 1
}

install_package() { # install_package COMMAND PACKAGE
    command -v "$1" >/dev/null && return
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        fail "the command '$1' is missing and only root on Debian can have it installed here; install the package $2"
    fi
    echo "java.sh: installing $2" >&2
    (apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$2") >&2 \
        || fail "apt-get could not install $2"
}

require_java() {
    install_package java openjdk-17-jre-headless
    local version
    version=$(java -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p')
    if [ "${version:-0}" -lt 17 ]; then
        fail "the judge needs Java 17 or newer, and 'java' is version ${version:-unknown}"
    fi
}

# Made beside its place and renamed: a judge that exists is whole.
make_judge() {
    local making=$cache/making
    mkdir -p "$cache" || fail "the cache folder $cache cannot be made; set ACCORDANT_CACHE to one that can"
    exec 9>"$cache/lock"
    flock 9
    if [ ! -d "$home" ]; then
        install_package javac openjdk-17-jdk-headless
        install_package mvn maven
        rm -rf "$making"
        mkdir "$making"
        cp "$source/pom.xml" "$making/pom.xml"
        echo "java.sh: fetching Avro Java into $cache" >&2
        mvn -q -B -f "$making/pom.xml" \
            org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies \
            -DoutputDirectory="$making/libs" -DincludeScope=runtime >"$cache/mvn.log" 2>&1 9>&- \
            || fail "Maven could not fetch Avro Java: $(grep -m1 ERROR "$cache/mvn.log" || echo "see $cache/mvn.log")"
        javac -Werror -Xlint:all,-processing -cp "$making/libs/*" -d "$making/classes" "$source/Judge.java" >&2 9>&- \
            || fail "javac refused $source/Judge.java"
        cat >"$making/judge" <<'JUDGE'
#!/bin/sh
# Standard error stays quiet about the logger that nobody needs.
home=$(dirname "$0")
exec java -Xmx512m -XX:+UseSerialGC -Djava.awt.headless=true -Dslf4j.internal.verbosity=ERROR \
    -cp "$home/classes:$home/libs/*" Judge
JUDGE
        chmod +x "$making/judge"
        mv "$making" "$home"
    fi
    exec 9>&-
}

[ $# = 0 ] || { echo "usage: ci/java.sh" >&2; exit 2; }
require_java
make_judge
echo "JAVA_JUDGE=$home/judge"
