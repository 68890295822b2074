# MariaDB. Sourced, not run.

mysql_create() {
    local directory=$1 server base
    server=$(program mariadbd mariadb-server-core)
    base=$(dirname "$(dirname "$server")")
    # What mariadb-install-db does, without its taste for /usr: the system tables, fed to a server that reads its input.
    mkdir "$directory/data"
    cat > "$directory/init.sql" << 'SQL'
CREATE DATABASE IF NOT EXISTS test;
CREATE USER IF NOT EXISTS tallymark@127.0.0.1 IDENTIFIED BY 'secret';
GRANT ALL ON *.* TO tallymark@127.0.0.1;
SQL
    [ "$(id -u)" != 0 ] || chown -R nobody "$directory/data" "$directory/init.sql"
    {
        printf '%s\n' 'CREATE DATABASE mysql;' 'USE mysql;' 'SET @auth_root_socket = NULL;'
        cat "$base"/share/mysql/mysql_system_tables.sql "$base"/share/mysql/mysql_system_tables_data.sql
    } | as_server "$server" --no-defaults --bootstrap "--basedir=$base" "--datadir=$directory/data" \
        "--lc-messages-dir=$base/share/mysql" --skip-networking --innodb-flush-log-at-trx-commit=0
}

mysql_command() {
    local server base
    server=$(program mariadbd mariadb-server-core)
    base=$(dirname "$(dirname "$server")")
    printf '%s\n' "$server" --no-defaults "--basedir=$base" "--datadir=$1/data" "--lc-messages-dir=$base/share/mysql" \
        --bind-address=127.0.0.1 "--port=$2" "--socket=$1/data/socket" "--pid-file=$1/data/server.pid" \
        "--init-file=$1/init.sql" --skip-name-resolve --max-connections=200 --innodb-flush-log-at-trx-commit=0 \
        --innodb-buffer-pool-size=64M
}

# The init file has been run when the server listens.
mysql_ready() {
    exec 3<> "/dev/tcp/127.0.0.1/$2" && exec 3>&-
}

mysql_url() {
    echo "mysql://tallymark:secret@127.0.0.1:$2/test"
}
