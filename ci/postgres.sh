#!/usr/bin/env bash
# A real PostgreSQL 15 (or newer) for tests, on 127.0.0.1, with fsync on: what
# it has acknowledged survives kill -9. Debian's package is installed where
# there is no server; no other cluster on the machine is touched.
#
#   ci/postgres.sh start  [--dir D] [--port P]   prints POSTGRES=postgres://...
#   ci/postgres.sh status [--dir D]              the same, or exit code 3
#   ci/postgres.sh stop   [--dir D]              keeps the data
#
# A second `start` on the same folder finds its data and its port again.
# D holds data, log, pid, port, password and the unix socket.
set -euo pipefail

version_wanted=15
user=accordant
ready_timeout_s=60

fail() {
    echo "postgres.sh: $*" >&2
    exit 1
}

usage() {
    echo "usage: ci/postgres.sh start|stop|status [--dir D] [--port P]" >&2
    exit 2
}

# --- The server's programs.

find_programs() { # prints the folder that holds initdb and postgres
    local folder
    for folder in "${ACCORDANT_POSTGRES_BIN:-}" "/usr/lib/postgresql/$version_wanted/bin" \
        /usr/lib/postgresql/*/bin "$(dirname "$(command -v postgres || echo /nowhere/postgres)")"; do
        if [ -x "$folder/initdb" ] && [ -x "$folder/postgres" ]; then
            echo "$folder"
            return
        fi
    done
}

# Debian's package makes and starts a cluster of its own on port 5432 unless it
# is told not to before it is installed.
install_server() {
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        fail "no PostgreSQL server found and only root on Debian can have it installed here; install postgresql-$version_wanted"
    fi
    echo "postgres.sh: installing postgresql-$version_wanted" >&2
    export DEBIAN_FRONTEND=noninteractive
    {
        apt-get update -q
        apt-get install -q -y --no-install-recommends postgresql-common
        sed -i -E 's/^#?create_main_cluster.*/create_main_cluster = false/' \
            /etc/postgresql-common/createcluster.conf
        apt-get install -q -y --no-install-recommends "postgresql-$version_wanted"
    } >&2 || fail "apt-get could not install postgresql-$version_wanted"
}

require_server() {
    programs=$(find_programs)
    if [ -z "$programs" ]; then
        install_server
        programs=$(find_programs)
        [ -n "$programs" ] || fail "postgresql-$version_wanted is installed and has no initdb"
    fi
}

# PostgreSQL refuses to run as root: root hands over to the package's user.
as_owner() {
    if [ "$(id -u)" = 0 ]; then
        (cd / && runuser -u "$owner" -- "$@")
    else
        "$@"
    fi
}

require_owner() {
    owner=$(id -un)
    if [ "$owner" = root ]; then
        owner=postgres
        id "$owner" >/dev/null 2>&1 || useradd --system --no-create-home "$owner"
        chown "$owner" "$dir"
        as_owner test -w "$dir" \
            || fail "the user $owner cannot reach $dir; give every folder above it the permission o+x or pass another --dir"
    fi
}

# --- Ports.

port_is_taken() { # port_is_taken PORT
    (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# Below Linux's ephemeral range, so that no client's own socket takes it first.
free_port() {
    local candidate attempt
    for attempt in $(seq 1 100); do
        candidate=$((10240 + (RANDOM * 32768 + RANDOM + attempt) % 20000))
        port_is_taken "$candidate" || { echo "$candidate"; return; }
    done
    fail "no free port found on 127.0.0.1 in 100 tries"
}

# --- The cluster.

create_cluster() {
    local picked=${port:-}
    [ -n "$picked" ] || picked=$(free_port)
    rm -rf "$dir/data" # what a failed start left
    (umask 077 && head -c 16 /dev/urandom | od -An -tx1 | tr -d ' \n' >"$dir/password")
    [ "$(id -u)" != 0 ] || chown "$owner" "$dir/password"
    as_owner "$programs/initdb" --pgdata="$dir/data" --username="$user" --pwfile="$dir/password" \
        --auth=scram-sha-256 --encoding=UTF8 --locale=C >"$dir/initdb.log" 2>&1 \
        || fail "initdb failed, see $dir/initdb.log: $(tail -n 1 "$dir/initdb.log")"
    cat >>"$dir/data/postgresql.conf" <<CONFIG
listen_addresses = '127.0.0.1'
max_connections = 200
timezone = 'UTC'
log_timezone = 'UTC'
fsync = on
CONFIG
    echo "$picked" >"$dir/port"
}

# The socket's path has a limit of 107 bytes; without one TCP is enough.
socket_folder() {
    if [ "${#dir}" -le 80 ]; then echo "$dir"; else echo ""; fi
}

url() { # url DATABASE
    echo "postgres://$user:$(cat "$dir/password")@127.0.0.1:$(cat "$dir/port")/$1"
}

# A query answered over TCP, so that "ready" is what a client sees.
query() { # query DATABASE SQL
    "$programs/psql" --no-psqlrc -qtA -v ON_ERROR_STOP=1 "$(url "$1")" -c "$2" </dev/null
}

# The processes that work in the data folder: the server and its workers.
processes() {
    local folder
    for folder in /proc/[0-9]*; do
        if [ "$(readlink "$folder/cwd" 2>/dev/null)" = "$dir/data" ]; then
            echo "${folder#/proc/}"
        fi
    done
}

is_running() {
    # No -q: a grep that leaves early would end `processes` with SIGPIPE.
    [ -f "$dir/data/postmaster.pid" ] \
        && processes | grep -xF "$(head -n 1 "$dir/data/postmaster.pid")" >/dev/null
}

# After kill -9 in a container whose first process reaps nobody, the dead
# server still has its pid, and PostgreSQL would take its lock file for a live
# one's. Its orphaned workers end by themselves, and only then the file goes.
remove_stale_lock() {
    local attempt
    for attempt in $(seq 1 100); do
        if [ -z "$(processes)" ]; then
            rm -f "$dir/data/postmaster.pid" "$dir"/.s.PGSQL.*
            return
        fi
        sleep 0.1
    done
    fail "processes of a killed PostgreSQL still work in $dir/data after $((attempt / 10)) s: $(processes | tr '\n' ' ')"
}

start_server() {
    local wanted
    wanted=$(cat "$dir/port")
    if port_is_taken "$wanted"; then
        fail "port $wanted on 127.0.0.1 is in use by another program; stop it or pass another --port with a new --dir"
    fi
    remove_stale_lock
    : >>"$dir/log"
    [ "$(id -u)" != 0 ] || chown "$owner" "$dir/log"
    as_owner "$programs/pg_ctl" start -D "$dir/data" -l "$dir/log" -w -t "$ready_timeout_s" \
        -o "-p $wanted -c unix_socket_directories='$(socket_folder)'" </dev/null >"$dir/pg_ctl.log" 2>&1 8>&- \
        || fail "PostgreSQL did not start, see $dir/log: $(tail -n 1 "$dir/log")"
}

# --- The commands.

start() {
    mkdir -p "$dir" 2>/dev/null && [ -w "$dir" ] || fail "the folder $dir cannot be written"
    exec 8>"$dir/lock" # one start at a time; held until this script ends
    flock 8
    require_server
    require_owner
    if [ ! -f "$dir/created" ]; then
        create_cluster
    elif [ -n "$port" ] && [ "$port" != "$(cat "$dir/port")" ]; then
        fail "$dir holds a cluster on port $(cat "$dir/port"); leave --port out or pass another --dir"
    fi
    is_running || start_server
    head -n 1 "$dir/data/postmaster.pid" >"$dir/pid"
    if [ ! -f "$dir/created" ]; then
        query postgres "CREATE DATABASE $user" >&2 || fail "the database $user could not be created, see $dir/log"
        : >"$dir/created"
    fi
    query "$user" "SELECT 1" >/dev/null || fail "PostgreSQL runs and does not answer, see $dir/log"
    echo "POSTGRES=$(url "$user")"
}

stop() {
    programs=$(find_programs)
    [ -n "$programs" ] && [ -f "$dir/created" ] || return 0
    require_owner
    if is_running; then
        as_owner "$programs/pg_ctl" stop -D "$dir/data" -m fast -w -t 30 >"$dir/pg_ctl.log" 2>&1 \
            || fail "PostgreSQL did not stop within 30 s, see $dir/log"
    fi
    rm -f "$dir/pid"
}

status() {
    programs=$(find_programs)
    if [ -n "$programs" ] && [ -f "$dir/created" ]; then
        require_owner
        if is_running && query "$user" "SELECT 1" >/dev/null 2>&1; then
            echo "POSTGRES=$(url "$user")"
            return
        fi
    fi
    echo "postgres.sh: the PostgreSQL of $dir is not running" >&2
    exit 3
}

command=${1:-}
[ $# -gt 0 ] && shift
dir=${TMPDIR:-/tmp}/accordant-postgres-$(id -u)
port=""
while [ $# -gt 0 ]; do
    [ $# -ge 2 ] || usage
    case $1 in
        --dir) dir=$2 ;;
        --port) port=$2 ;;
        *) usage ;;
    esac
    shift 2
done
case $port in *[!0-9]*) fail "--port is a number, not '$port'" ;; esac
dir=$(realpath -m "$dir")
case $command in
    start | stop | status) "$command" ;;
    *) usage ;;
esac
