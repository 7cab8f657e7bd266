#!/usr/bin/env bash
# scripts/fetch-model against an npm that is ours: what it does when the network or the package is
# wrong. Nothing leaves this machine.
set -uo pipefail

root=${POSECRAFT_TEST_SOURCE:?}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
mkdir "$dir/bin"
number=0

case $(uname -m) in
x86_64 | aarch64) ;;
*)
    echo "1..0 # SKIP no runtime library is packed for $(uname -m)"
    exit 0
    ;;
esac

check() { # check NAME COMMAND...
    number=$((number + 1))
    if "${@:2}"; then echo "ok $number - $1"; else echo "not ok $number - $1" && sed 's/^/# /' "$dir/out"; fi
}

# The fake npm does as its body says; $out is the folder where the tarball is wanted.
fake_npm() {
    cat >"$dir/bin/npm" <<END
#!/usr/bin/env bash
echo "\$*" >>"$dir/calls"
while [ \$# -gt 0 ]; do [ "\$1" = --pack-destination ] && out=\$2; shift; done
$1
END
    chmod +x "$dir/bin/npm"
    rm -f "$dir/calls"
}

fetch() { # sets status; the output is in $dir/out
    env PATH="$dir/bin:$PATH" POSECRAFT_CACHE="$dir/cache" POSECRAFT_SHARE="$dir/share" \
        POSECRAFT_FETCH_TRIES="${1:-1}" "$root/scripts/fetch-model" >"$dir/out" 2>&1
    status=$?
}

nothing_installed() {
    [ -z "$(find "$dir/share" "$dir/cache" -type f)" ] && [ -z "$(find "$dir/cache" -name 'fetch.*')" ]
}

echo 1..7
# shellcheck disable=SC2016 # $out is expanded by the fake npm
fake_npm 'head -c 5000 /dev/zero >"$out/package.tgz"'
fetch
check 'a wrong checksum is an error' [ "$status" -ne 0 ]
check 'the error says so' grep -q 'wrong checksum' "$dir/out"
check 'nothing of it is installed' nothing_installed
check 'no script of a package is run' grep -q -- '--ignore-scripts' "$dir/calls"

fake_npm 'echo "network is down" >&2; exit 1'
fetch 2
check 'without a network it fails' [ "$status" -ne 0 ]
check 'it tries again first' [ "$(wc -l <"$dir/calls")" -eq 2 ]
check 'and tells what npm said' grep -q 'network is down' "$dir/out"
