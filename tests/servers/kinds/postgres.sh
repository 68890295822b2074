# PostgreSQL. Sourced, not run.

postgres_create() {
    local directory=$1 password
    password="$directory/password"
    echo secret > "$password"
    chmod 644 "$password"
    as_server "$(program initdb postgresql)" --pgdata "$directory/data" --username tallymark --pwfile "$password" \
        --auth scram-sha-256 --encoding UTF8 --locale C --no-sync
}

postgres_command() {
    local setting
    program postgres postgresql
    printf '%s\n' -D "$1/data" -p "$2"
    # Tests do not survive a power cut, so nothing waits for the disk.
    for setting in listen_addresses=127.0.0.1 unix_socket_directories= max_connections=200 fsync=off \
        shared_memory_type=mmap dynamic_shared_memory_type=posix lc_messages=C; do
        printf '%s\n' -c "$setting"
    done
}

postgres_ready() {
    PGPASSWORD=secret PGCONNECT_TIMEOUT=2 as_server "$(program psql postgresql-client)" \
        --no-psqlrc --quiet --host 127.0.0.1 --port "$2" --username tallymark --dbname postgres --command 'SELECT 1'
}

postgres_url() {
    echo "postgres://tallymark:secret@127.0.0.1:$2/postgres"
}
