#!/usr/bin/env bash
# What a fault test does to a server of its own. Its path is in TALLYMARK_TEST_SERVERS while run.sh runs.
#
#   control.sh start KIND      starts one more server (postgres, mysql, redis or memcached); prints its name and its URL
#   control.sh kill NAME       kills it as a power cut would, and returns when it is gone
#   control.sh restart NAME    starts it again, same port and data, and returns when it answers (kills it first if need be)
#   control.sh pause NAME      stops its processes, so that it accepts connections and never answers
#   control.sh resume NAME     lets them go on
#
# run.sh stops what is left over. A test leaves the servers alone that the variables name: others are using them.
set -euo pipefail
: "${SERVERS_STATE:?is not set: this works only under tests/servers/run.sh}"
cd "$(dirname "$0")/../.."
# shellcheck source=tests/servers/instance.sh
source tests/servers/instance.sh

case "${1:-} $#" in
    "start 2") create_instance "$2" ;;
    "kill 2") kill_instance "$2" ;;
    "restart 2")
        kill_instance "$2"
        start_instance "$2"
        ;;
    "pause 2") signal_instance STOP "$2" ;;
    "resume 2") signal_instance CONT "$2" ;;
    *)
        sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2
        exit 2
        ;;
esac
