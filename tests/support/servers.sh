#!/bin/sh
# Installs what the tests talk to, on Debian as root; elsewhere names what is missing.
# A second call takes no time.
set -eu
cd "$(dirname "$0")/../.."

# The font lets the browser draw Chinese; the library is what playwright's own node wants.
packages="chromium fonts-wqy-microhei libatomic1"
gateway=tests/support/wechat/gateway

missing() {
    for package in $packages; do
        dpkg-query --show --showformat '${Status}' "$package" 2>/dev/null |
            grep -q 'install ok installed' || echo "$package"
    done
}

# By command and not by package: a node from elsewhere often brings its own npm, and the two
# packages would not stand each other.
is_new_enough() {
    node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)' 2>/dev/null
}

missing_node() {
    is_new_enough || echo nodejs
    command -v npm >/dev/null || echo npm
}

provide_packages() {
    if ! command -v dpkg-query >/dev/null; then
        echo "tests: not Debian, so nothing is installed here; tests that miss $packages are skipped"
        return
    fi
    missing="$(missing) $(missing_node)"
    [ -n "${missing# }" ] || return 0
    if [ "$(id -u)" != 0 ]; then
        echo "tests: without root nothing is installed; to run every test: apt-get install" $missing
        return
    fi
    echo "tests: installing" $missing
    # Each missing package is a word of its own.
    .ci/debian $missing
}

# Skipped, and in CI failed, by the tests themselves: one missing gateway stops no other test.
do_without() {
    echo "tests: $*; tests that need the WeChat gateway are skipped"
}

# npm takes away what it finds before it installs, so the stamp stands for a whole install only.
provide_gateway() {
    stamp=$gateway/node_modules/installed
    lock=$(cksum <$gateway/package-lock.json)
    if [ -f $stamp ] && [ "$(cat $stamp)" = "$lock" ]; then return; fi
    if [ -n "$(missing_node)" ]; then
        do_without "no node of version 18 or newer, or no npm"
        return
    fi
    echo "tests: installing the packages of the WeChat gateway"
    if (cd $gateway && npm ci --ignore-scripts --no-audit --no-fund --silent); then
        echo "$lock" >$stamp
    else
        do_without "npm could not install the packages"
    fi
}

provide_packages
provide_gateway
