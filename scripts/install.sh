#!/bin/sh
# Puts the packages of a requirements file into .venv, making .venv first.
#
#     sh scripts/install.sh requirements.txt
#
# Does nothing, and starts no Python, when they are there already: a copy of
# the file as it was last installed lies in .venv. PYTHON names the interpreter.
set -eu

file=$1
installed=.venv/installed-$file

if [ -x .venv/bin/python ] && cmp -s "$file" "$installed"; then
    exit 0
fi

fail() {
    echo "$1" >&2
    exit 1
}

find_python() {
    # The plain name first; macOS keeps an old Python under it.
    for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
        then
            echo "$candidate"
            return
        fi
    done
}

make_environment() {
    python=$(find_python)
    [ -n "$python" ] || fail "Notewiki needs Python 3.11 or newer and found none: install it, or name it with PYTHON=/path/to/python3."
    # Debian splits these off; without them venv stops half-way with a long text.
    "$python" -c 'import ensurepip, venv' 2>/dev/null ||
        fail "$python cannot make a virtual environment because its venv module is missing: on Debian and Ubuntu, 'sudo apt-get install python3-venv' brings it."
    "$python" -m venv --clear .venv
}

if ! .venv/bin/python -c 'import pip' 2>/dev/null; then
    make_environment
fi
echo "Installing the packages of $file, once …" >&2
.venv/bin/python -m pip install --quiet --disable-pip-version-check -r "$file" ||
    fail "The packages of $file could not be installed; the lines above say why. The same command tries again."
cp "$file" "$installed"
