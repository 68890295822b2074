# One running server: a directory with its kind, port, data and process id. Sourced, not run.
#
# A kind is a file of kinds/ that defines, with the instance's directory and port as arguments:
#   KIND_create    makes the data directory; runs once
#   KIND_command   prints the program and its arguments, one per line
#   KIND_ready     succeeds when the server answers
#   KIND_url       prints where it is

# shellcheck source=tests/servers/packages.sh
source tests/servers/packages.sh
for kind in tests/servers/kinds/*.sh; do
    # shellcheck source=/dev/null
    source "$kind"
done

# Makes a directory for this run and prints it. Never one that a run which was killed has left.
servers_state() {
    local all
    all="$(target_directory)/servers"
    mkdir -p "$all"
    mktemp -d "$all/run-XXXXXX"
}

# The user that servers run as may enter the directory, and the machine's other users may not.
prepare_state() {
    if [ "$(id -u)" = 0 ]; then
        chown nobody "$SERVERS_STATE"
        chmod 700 "$SERVERS_STATE"
        as_server test -w "$SERVERS_STATE" || say_no_server "a place for the data" \
            "the user nobody may not enter $SERVERS_STATE: set CARGO_TARGET_DIR to a place where it may"
    fi
}

# Becomes a command, as a user that servers are willing to run as.
become_server() {
    LD_LIBRARY_PATH=$(library_path)
    export LD_LIBRARY_PATH
    if [ "$(id -u)" = 0 ]; then
        exec setpriv --reuid nobody --regid nogroup --clear-groups --no-new-privs "$@"
    fi
    exec "$@"
}

# Runs a command as that user.
as_server() {
    (become_server "$@")
}

# create_instance KIND: prints the name and the URL of a new server.
create_instance() {
    local kind=$1 name directory attempt
    declare -F "${kind}_command" > /dev/null || say_no_server "a kind of server called '$kind'" \
        "the kinds are those in tests/servers/kinds"
    directory=$(mktemp -d "$SERVERS_STATE/$kind-XXXXXX")
    name=$(basename "$directory")
    [ "$(id -u)" != 0 ] || chown nobody "$directory"
    echo "$kind" > "$directory/kind"
    "${kind}_create" "$directory" > "$directory/log" 2>&1 || show_log "$name"
    for attempt in 1 2 3 4 5; do
        free_port > "$directory/port"
        # Somebody else may have taken the port since.
        if start_instance "$name"; then
            echo "$name $("${kind}_url" "$directory" "$(cat "$directory/port")")"
            return
        fi
        echo "servers: attempt $attempt to start $name failed" >&2
    done
    show_log "$name"
}

show_log() {
    echo "servers: $1 did not start. Its log ends with:" >&2
    tail -n 30 "$SERVERS_STATE/$1/log" >&2
    exit 1
}

# Prints a port that nobody listens on, below those that the system gives to clients.
free_port() {
    local port
    while true; do
        port=$((20000 + RANDOM % 12000))
        if ! (exec 3<> "/dev/tcp/127.0.0.1/$port") 2> /dev/null; then
            echo "$port"
            return
        fi
    done
}

# start_instance NAME: starts a server whose directory is there, and returns when it answers.
start_instance() {
    local directory="$SERVERS_STATE/$1" kind port command pid waited
    kind=$(cat "$directory/kind")
    port=$(cat "$directory/port")
    mapfile -t command < <("${kind}_command" "$directory" "$port")
    # In a session of its own, whose number is the process id, so that all of its processes are found by it.
    (become_server setsid "${command[@]}") >> "$directory/log" 2>&1 < /dev/null &
    pid=$!
    echo "$pid" > "$directory/pid"
    for ((waited = 0; waited < 600; waited++)); do
        kill -0 "$pid" 2> /dev/null || return 1
        if "${kind}_ready" "$directory" "$port" > /dev/null 2>&1; then
            return 0
        fi
        sleep 0.1
    done
    kill_instance "$1"
    return 1
}

# signal_instance SIGNAL NAME: to all processes of a server.
signal_instance() {
    local session
    session=$(cat "$SERVERS_STATE/$2/pid")
    # PostgreSQL gives each of its processes a group of its own; the session is what they share.
    pkill "-$1" --session "$session" || true
}

# kill_instance NAME: kills a server and returns when nothing of it is left.
kill_instance() {
    local session
    session=$(cat "$SERVERS_STATE/$1/pid" 2> /dev/null) || return 0
    while pkill -KILL --session "$session"; do
        sleep 0.02
    done
    rm -f "$SERVERS_STATE/$1/pid"
}

stop_all() {
    local instance
    for instance in "$SERVERS_STATE"/*/; do
        [ ! -f "$instance/kind" ] || kill_instance "$(basename "$instance")"
    done
}
