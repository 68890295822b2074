# memcached. Sourced, not run.

memcached_create() {
    program memcached memcached > /dev/null
}

memcached_command() {
    program memcached memcached
    printf '%s\n' -l 127.0.0.1 -p "$2" -U 0 -m 64
}

memcached_ready() {
    local answer
    exec 3<> "/dev/tcp/127.0.0.1/$2" || return 1
    printf 'version\r\n' >&3
    read -r -t 2 answer <&3
    exec 3>&-
    [[ $answer == VERSION* ]]
}

memcached_url() {
    echo "127.0.0.1:$2"
}
