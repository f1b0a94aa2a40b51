# A real RabbitMQ for tests/admin, to be sourced: a node that nobody else sees, with its own ports,
# name and epmd, and its data in a temporary directory. `start_node PLUGIN,...` starts it, with the
# management at http://127.0.0.1:$http, AMQP at port $amqp and, with the plugin rabbitmq_prometheus,
# the metrics at http://127.0.0.1:$metrics; it is stopped when the script ends.
# shellcheck shell=bash

START_SECONDS=60
STOP_SECONDS=20
scripts=/usr/lib/rabbitmq/bin

# Says so, and ends the script, if there is none on this machine.
need_rabbitmq()
{
    if [ ! -x $scripts/rabbitmq-server ]; then
        echo "$(basename "$0"): there is no RabbitMQ on this machine"
        echo '0 passed, 0 failed, 1 skipped'
        exit 0
    fi
}

data=$(mktemp -d)
epmd=''

end_node()
{
    local machine deadline=$((SECONDS + STOP_SECONDS))
    machine=$(cat "$data/machine.pid" 2>/dev/null || true)
    if [ -n "$machine" ]; then
        kill -TERM "$machine" 2>/dev/null || true
        while kill -0 "$machine" 2>/dev/null && [ $SECONDS -lt $deadline ]; do
            sleep 0.1
        done
        kill -KILL "$machine" 2>/dev/null || true
    fi
    [ -z "$epmd" ] || kill -TERM "$epmd" 2>/dev/null || true
    rm -rf "$data"
}

read -r amqp http dist epmd_port metrics < <(/usr/bin/python3 -c 'import socket
sockets = [socket.socket() for _ in range(5)]
for s in sockets:
    s.bind(("127.0.0.1", 0))
print(*(s.getsockname()[1] for s in sockets))')
cat >"$data/rabbitmq.conf" <<SETTINGS
listeners.tcp.1 = 127.0.0.1:$amqp
management.tcp.port = $http
management.tcp.ip = 127.0.0.1
vm_memory_high_watermark.absolute = 2GB
disk_free_limit.absolute = 1MB
SETTINGS

start_node()
{
    echo "[$1]." >"$data/enabled_plugins"
    if [[ $1 == *rabbitmq_prometheus* ]]; then
        printf 'prometheus.tcp.%s\n' "port = $metrics" 'ip = 127.0.0.1' >>"$data/rabbitmq.conf"
    fi
    local deadline=$((SECONDS + START_SECONDS))
    export HOME=$data ERL_EPMD_PORT=$epmd_port ERL_EPMD_ADDRESS=127.0.0.1
    export RABBITMQ_NODENAME=leveret-compare-$$@localhost RABBITMQ_DIST_PORT=$dist
    export RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='-kernel inet_dist_use_interface {127,0,0,1}'
    export RABBITMQ_MNESIA_BASE=$data/mnesia RABBITMQ_LOG_BASE=$data/log
    export RABBITMQ_CONFIG_FILE=$data/rabbitmq.conf RABBITMQ_CONF_ENV_FILE=/dev/null
    export RABBITMQ_PID_FILE=$data/machine.pid RABBITMQ_ENABLED_PLUGINS_FILE=$data/enabled_plugins
    unset RABBITMQ_NODE_PORT RABBITMQ_NODE_IP_ADDRESS
    epmd -port "$epmd_port" -address 127.0.0.1 >"$data/epmd.out" 2>&1 &
    epmd=$!
    setsid $scripts/rabbitmq-server >"$data/node.out" 2>&1 </dev/null &
    until (exec 3<>"/dev/tcp/127.0.0.1/$http") 2>/dev/null; do
        if [ $SECONDS -ge $deadline ]; then
            echo 'RabbitMQ does not start:' >&2
            tail -n 20 "$data/node.out" >&2
            return 1
        fi
        sleep 0.3
    done
}

trap end_node EXIT
trap 'exit 143' INT TERM
