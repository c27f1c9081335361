#!/bin/sh
# Installs what the tests talk to, on Debian as root; elsewhere names what is missing.
# A second call takes no time.
set -eu
cd "$(dirname "$0")/../.."

# The font lets the browser draw Chinese; the library is what playwright's own node wants.
packages="chromium fonts-wqy-microhei libatomic1"

missing() {
    for package in $packages; do
        dpkg-query --show --showformat '${Status}' "$package" 2>/dev/null |
            grep -q 'install ok installed' || echo "$package"
    done
}

if ! command -v dpkg-query >/dev/null; then
    echo "tests: not Debian, so nothing is installed here; tests that miss $packages are skipped"
    exit 0
fi

missing=$(missing)
[ -n "$missing" ] || exit 0
if [ "$(id -u)" != 0 ]; then
    echo "tests: without root nothing is installed; to run every test: apt-get install" $missing
    exit 0
fi
echo "tests: installing" $missing
# Each missing package is a word of its own.
.ci/debian $missing
