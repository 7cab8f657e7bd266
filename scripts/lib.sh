# Functions that the other scripts share; source this file. They print steps with the elapsed time, run commands
# quietly with a log, and keep stamps of what is up to date.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
logs=$root/share/.setup/logs
stamps=$root/share/.setup
mkdir -p "$logs"

say() {
    printf '%s\n' "$*"
}

# Ends the script with a message for people, not a stack trace.
stop() {
    printf '%s\n' "$@" >&2
    exit 1
}

elapsed() {
    printf '%d:%02d' $((SECONDS / 60)) $((SECONDS % 60))
}

# Prints the progress of a quiet command every ten seconds, until it is killed. It waits with a read that
# times out, because a sleep would go on after the kill and keep the terminal open.
tick() {
    local log=$1 wait_fd
    exec {wait_fd}<> <(:)
    while :; do
        read -rt 10 -u "$wait_fd" || :
        printf '      %s  %s\n' "$(elapsed)" "$(tail -n 1 "$log" | tr -cd '[:print:]' | cut -c 1-90)"
    done
}

# run_logged NAME COMMAND...: quiet, but shows how far it is, and the end of the log when it fails.
run_logged() {
    local log=$logs/$1.log rc=0 ticker
    shift
    : >"$log"
    tick "$log" &
    ticker=$!
    "$@" >"$log" 2>&1 </dev/null || rc=$?
    kill "$ticker" 2>/dev/null
    wait "$ticker" 2>/dev/null || :
    if [ "$rc" -ne 0 ]; then
        tail -n 25 "$log" >&2
        printf "%s\n" "Failed with status $rc: $*" "The whole log: $log" >&2
    fi
    return "$rc"
}

# Prints one hash over names and contents of the given files and folders, without generated files.
fingerprint() {
    find "$@" \( -name node_modules -o -name dist -o -name __pycache__ -o -name test-results \) -prune \
        -o -type f ! -name '*.gen.ts' ! -name '*.tsbuildinfo' -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d ' ' -f 1
}

stamped() {
    [ "$(cat "$stamps/$1" 2>/dev/null)" = "$2" ]
}

stamp() {
    printf '%s\n' "$2" >"$stamps/$1"
}

node_is_good() {
    command -v npm >/dev/null && command -v node >/dev/null &&
        node -e 'process.exit(parseInt(process.versions.node, 10) >= 18 ? 0 : 1)'
}

# configure_build TESTS: configures build/, with the tests when TESTS is true. A build folder that has the
# tests keeps them.
configure_build() {
    if [ ! -e build/build.ninja ]; then
        run_logged meson-setup meson setup build -Dtests="$1"
    elif [ "$1" = true ] && [ ! -d build/tests ]; then
        run_logged meson-configure meson configure build -Dtests=true
    fi
}
