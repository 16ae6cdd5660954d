#!/usr/bin/env bash
# A real Apache Kafka for tests: KRaft mode, on 127.0.0.1, its jars from Maven
# Central. Nothing is installed, nothing but the data folder and the cache of
# jars is written.
#
#   ci/kafka.sh start  [--dir D] [--port P] [--brokers 1|3]   prints KAFKA=HOST:PORT[,...]
#   ci/kafka.sh status [--dir D]                              the same, or exit code 3
#   ci/kafka.sh stop   [--dir D]                              keeps the data
#
# A second `start` on the same folder finds its data and its ports again.
# D holds one `broker-N` folder a broker: config, data, log, pid, port.
set -euo pipefail

kafka_version=4.1.1
log4j_version=2.24.3
ready_timeout_s=90
stop_timeout_s=30
heap=${KAFKA_HEAP_OPTS:--Xms512m -Xmx512m}
cache=${ACCORDANT_CACHE:-${HOME:-/tmp}/.cache/accordant}/kafka/$kafka_version

fail() {
    echo "kafka.sh: $*" >&2
    exit 1
}

usage() {
    echo "usage: ci/kafka.sh start|stop|status [--dir D] [--port P] [--brokers 1|3]" >&2
    exit 2
}

# --- The tools: Java 17 or newer, and Maven for the jars.

install_package() { # install_package COMMAND PACKAGE
    command -v "$1" >/dev/null && return
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        fail "the command '$1' is missing and only root on Debian can have it installed here; install the package $2"
    fi
    echo "kafka.sh: installing $2" >&2
    (apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$2") >&2 \
        || fail "apt-get could not install $2"
}

require_java() {
    install_package java openjdk-17-jre-headless
    local version
    version=$(java -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p')
    if [ "${version:-0}" -lt 17 ]; then
        fail "Kafka $kafka_version needs Java 17 or newer, and 'java' is version ${version:-unknown}"
    fi
}

write_pom() { # write_pom FILE
    cat >"$1" <<POM
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>accordant</groupId>
  <artifactId>kafka-jars</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId>
      <artifactId>kafka_2.13</artifactId>
      <version>$kafka_version</version>
    </dependency>
    <dependency>
      <groupId>org.apache.logging.log4j</groupId>
      <artifactId>log4j-slf4j-impl</artifactId>
      <version>$log4j_version</version>
    </dependency>
  </dependencies>
</project>
POM
}

# Fetched beside the cache and renamed: a cache that exists is whole.
fetch_jars() {
    mkdir -p "$cache" || fail "the cache folder $cache cannot be made; set ACCORDANT_CACHE to one that can"
    exec 9>"$cache/lock"
    flock 9
    if [ ! -d "$cache/libs" ]; then
        install_package mvn maven
        rm -rf "$cache/fetching"
        mkdir "$cache/fetching"
        write_pom "$cache/fetching/pom.xml"
        echo "kafka.sh: fetching Kafka $kafka_version into $cache" >&2
        mvn -q -B -f "$cache/fetching/pom.xml" \
            org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies \
            -DoutputDirectory="$cache/fetching/libs" -DincludeScope=runtime >"$cache/mvn.log" 2>&1 9>&- \
            || fail "Maven could not fetch Kafka $kafka_version: $(grep -m1 ERROR "$cache/mvn.log" || echo "see $cache/mvn.log")"
        mv "$cache/fetching/libs" "$cache/libs"
        rm -rf "$cache/fetching"
    fi
    exec 9>&-
}

# --- Ports.

port_is_taken() { # port_is_taken PORT
    (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# Below Linux's ephemeral range, so that no client's own socket takes it first.
free_port() {
    local port attempt
    for attempt in $(seq 1 100); do
        port=$((10240 + (RANDOM * 32768 + RANDOM + attempt) % 20000))
        port_is_taken "$port" || { echo "$port"; return; }
    done
    fail "no free port found on 127.0.0.1 in 100 tries"
}

next_port() { # next_port OFFSET: the asked one, or a free one
    if [ -n "$port" ]; then echo $((port + $1)); else free_port; fi
}

# --- One broker's folder.

random_id() { # as Kafka's own: 16 random bytes in base64url, never a leading dash
    local id
    while :; do
        id=$(head -c 16 /dev/urandom | base64 | tr '+/' '-_')
        case $id in -*) ;; *) echo "${id%==}"; return ;; esac
    done
}

write_config() { # write_config NODE PORT CONTROLLER_PORT BOOTSTRAP_CONTROLLERS
    local home=$dir/broker-$1 copies=1 in_sync=1
    if [ "$brokers" = 3 ]; then
        copies=3 in_sync=2
    fi
    mkdir -p "$home"
    cat >"$home/server.properties" <<CONFIG
node.id=$1
process.roles=broker,controller
listeners=PLAINTEXT://127.0.0.1:$2,CONTROLLER://127.0.0.1:$3
advertised.listeners=PLAINTEXT://127.0.0.1:$2,CONTROLLER://127.0.0.1:$3
inter.broker.listener.name=PLAINTEXT
controller.listener.names=CONTROLLER
controller.quorum.bootstrap.servers=$4
log.dirs=$home/data
auto.create.topics.enable=false
default.replication.factor=$copies
min.insync.replicas=$in_sync
offsets.topic.replication.factor=$copies
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=$copies
transaction.state.log.min.isr=$in_sync
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=$copies
share.coordinator.state.topic.min.isr=$in_sync
share.coordinator.state.topic.num.partitions=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
CONFIG
    cat >"$home/log4j2.xml" <<CONFIG
<Configuration status="warn">
  <Appenders><Console name="out"><PatternLayout pattern="%d{ISO8601} %p %m (%c)%n"/></Console></Appenders>
  <Loggers><Root level="warn"><AppenderRef ref="out"/></Root></Loggers>
</Configuration>
CONFIG
    echo "$2" >"$home/port"
}

java_of() { # java_of NODE ARGUMENT...: the shell becomes Java
    local home=$dir/broker-$1
    shift
    # shellcheck disable=SC2086 # The heap options are words.
    exec java $heap -XX:+UseG1GC -XX:MaxGCPauseMillis=20 -Djava.awt.headless=true \
        "-Dlog4j2.configurationFile=$home/log4j2.xml" -cp "$cache/libs/*" "$@"
}

format() { # format CLUSTER_ID CONTROLLERS: an empty list means a single node
    local node controllers=(--standalone)
    if [ -n "$2" ]; then
        controllers=(--initial-controllers "$2")
    fi
    for node in $(seq 1 "$brokers"); do
        (java_of "$node" kafka.tools.StorageTool format --cluster-id "$1" \
            --config "$dir/broker-$node/server.properties" "${controllers[@]}") \
            >"$dir/broker-$node/format.log" 2>&1 \
            || fail "Kafka could not format its data folder, see $dir/broker-$node/format.log"
    done
}

create_cluster() {
    local node picked ports=() controller_ports=() bootstrap="" initial=""
    rm -rf "$dir"/broker-[123] # what a failed start left
    for node in $(seq 1 "$brokers"); do
        picked=$(next_port $((node - 1)))
        ports+=("$picked")
        picked=$(free_port)
        controller_ports+=("$picked")
        bootstrap+="${bootstrap:+,}127.0.0.1:${controller_ports[node - 1]}"
        initial+="${initial:+,}$node@127.0.0.1:${controller_ports[node - 1]}:$(random_id)"
    done
    for node in $(seq 1 "$brokers"); do
        write_config "$node" "${ports[node - 1]}" "${controller_ports[node - 1]}" "$bootstrap"
    done
    if [ "$brokers" = 1 ]; then
        initial=""
    fi
    format "$(random_id)" "$initial"
    echo "$brokers" >"$dir/brokers"
}

# --- Processes.

# A pid alone may have been given to someone else since: its command line must
# name our configuration.
is_running() { # is_running NODE
    local home=$dir/broker-$1 pid
    [ -f "$home/pid" ] || return 1
    pid=$(cat "$home/pid")
    [ -r "/proc/$pid/cmdline" ] && tr '\0' '\n' <"/proc/$pid/cmdline" | grep -xF "$home/server.properties" >/dev/null
}

# A Metadata request (version 4, no topics) answered with the count of brokers
# that the cluster knows: the broker is registered and not fenced.
brokers_seen() { # brokers_seen PORT
    # shellcheck disable=SC2016 # The inner shell expands it.
    timeout 5 bash -c '
        exec 3<>"/dev/tcp/127.0.0.1/$1"
        printf "\x00\x00\x00\x0f\x00\x03\x00\x04\x00\x00\x00\x01\xff\xff\x00\x00\x00\x00\x00" >&3
        head -c 16 <&3 | od -An -tx1 -j12 | tr -d " \n"' _ "$1" 2>/dev/null || true
}

is_ready() { # is_ready NODE
    [ "$(brokers_seen "$(cat "$dir/broker-$1/port")")" = "$(printf '%08x' "$brokers")" ]
}

start_broker() { # start_broker NODE
    local home=$dir/broker-$1
    if is_running "$1"; then
        return
    fi
    if port_is_taken "$(cat "$home/port")"; then
        fail "port $(cat "$home/port") on 127.0.0.1 is in use by another program; stop it or pass another --port with a new --dir"
    fi
    # Of its own session: a Ctrl-C at the caller's terminal is not for it.
    (
        export -f java_of
        export dir cache heap
        exec setsid bash -c 'java_of "$@"' _ "$1" kafka.Kafka "$home/server.properties"
    ) </dev/null >>"$home/log" 2>&1 8>&- &
    echo $! >"$home/pid"
}

wait_ready() { # wait_ready NODE
    local deadline=$((SECONDS + ready_timeout_s)) home=$dir/broker-$1
    until is_ready "$1"; do
        # The process is first bash and then Java: only its absence is an end.
        if ! kill -0 "$(cat "$home/pid")" 2>/dev/null; then
            stop
            fail "broker $1 ended before it was ready, see $home/log: $(tail -n 1 "$home/log")"
        fi
        if [ "$SECONDS" -ge "$deadline" ]; then
            stop
            fail "broker $1 was not ready within $ready_timeout_s s, see $home/log"
        fi
        sleep 0.1
    done
}

print_address() {
    local node list=""
    for node in $(seq 1 "$brokers"); do
        list+="${list:+,}127.0.0.1:$(cat "$dir/broker-$node/port")"
    done
    echo "KAFKA=$list"
}

# --- The commands.

start() {
    local node
    mkdir -p "$dir" 2>/dev/null && [ -w "$dir" ] || fail "the folder $dir cannot be written"
    require_java
    fetch_jars
    exec 8>"$dir/lock" # one start at a time; held until this script ends
    flock 8
    if [ -f "$dir/brokers" ]; then
        brokers=$(cat "$dir/brokers")
        if [ -n "$port" ] && [ "$port" != "$(cat "$dir/broker-1/port")" ]; then
            fail "$dir holds a cluster on port $(cat "$dir/broker-1/port"); leave --port out or pass another --dir"
        fi
    else
        create_cluster
    fi
    for node in $(seq 1 "$brokers"); do
        start_broker "$node"
    done
    for node in $(seq 1 "$brokers"); do
        wait_ready "$node"
    done
    print_address
}

stop() {
    local node deadline=$((SECONDS + stop_timeout_s))
    # All at once: controllers that are left alone wait for a majority.
    for node in $(seq 1 "$brokers"); do
        is_running "$node" && kill -TERM "$(cat "$dir/broker-$node/pid")" 2>/dev/null || true
    done
    for node in $(seq 1 "$brokers"); do
        while is_running "$node"; do
            if [ "$SECONDS" -ge "$deadline" ]; then
                echo "kafka.sh: broker $node did not stop within $stop_timeout_s s and is killed" >&2
                kill -KILL "$(cat "$dir/broker-$node/pid")" 2>/dev/null || true
                deadline=$((SECONDS + stop_timeout_s))
            fi
            sleep 0.1
        done
        rm -f "$dir/broker-$node/pid"
    done
}

status() {
    local node
    for node in $(seq 1 "$brokers"); do
        if ! is_running "$node" || ! is_ready "$node"; then
            echo "kafka.sh: broker $node of $dir is not running" >&2
            exit 3
        fi
    done
    print_address
}

command=${1:-}
[ $# -gt 0 ] && shift
dir=${TMPDIR:-/tmp}/accordant-kafka-$(id -u)
port=""
brokers=1
while [ $# -gt 0 ]; do
    [ $# -ge 2 ] || usage
    case $1 in
        --dir) dir=$2 ;;
        --port) port=$2 ;;
        --brokers) brokers=$2 ;;
        *) usage ;;
    esac
    shift 2
done
case $brokers in 1 | 3) ;; *) fail "--brokers is 1 or 3, not '$brokers'" ;; esac
case $port in *[!0-9]*) fail "--port is a number, not '$port'" ;; esac
dir=$(realpath -m "$dir")
if [ "$command" != start ] && [ -f "$dir/brokers" ]; then
    brokers=$(cat "$dir/brokers")
fi
case $command in
    start | stop | status) "$command" ;;
    *) usage ;;
esac
