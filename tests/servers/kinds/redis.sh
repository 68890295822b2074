# Redis. Sourced, not run.

redis_create() {
    program redis-server redis-server > /dev/null
}

redis_command() {
    program redis-server redis-server
    printf '%s\n' --bind 127.0.0.1 --port "$2" --dir "$1" --save '' --appendonly no --daemonize no
}

redis_ready() {
    local answer
    exec 3<> "/dev/tcp/127.0.0.1/$2" || return 1
    printf 'PING\r\n' >&3
    read -r -t 2 answer <&3
    exec 3>&-
    [ "${answer%$'\r'}" = +PONG ]
}

redis_url() {
    echo "redis://127.0.0.1:$2/0"
}
