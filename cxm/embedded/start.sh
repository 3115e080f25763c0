#!/bin/sh
# Run a command in the project's virtual environment, which is made and filled when needed.
# Usage: start.sh REQUIREMENTS-FILE COMMAND [ARGUMENT ...]
#
# Plain POSIX shell, because it runs where no suitable Python has been found yet. The environment
# is `.venv`, or a temporary folder when `.venv` cannot be used and cannot be written.
set -eu

project=$(cd "$(dirname "$0")/../.." && pwd -P)
cd "$project"
requirements=$1
shift

say() { printf '%s\n' "$*" >&2; }

# A pyenv shim may exist and fail; Debian's python3 may lack ensurepip: hence a trial run.
is_suitable() {
    "$1" -c 'import ensurepip, ssl, sys, venv; sys.exit(sys.version_info < (3, 12))' \
        >/dev/null 2>&1
}

find_python() {
    for candidate in \
        python3.14 python3.13 python3.12 \
        "${HOME:-/nonexistent}"/.pyenv/versions/*/bin/python3.1[2-4] \
        "${HOME:-/nonexistent}"/.local/share/uv/python/*/bin/python3.1[2-4] \
        python3 python
    do
        if is_suitable "$candidate"; then
            printf '%s\n' "$candidate"
            return
        fi
    done
    say "Wayfare needs Python 3.12 or newer with its venv module, and found none: install one" \
        "(for example \`uv python install 3.13\`, \`brew install python@3.13\` or" \
        "\`apt install python3 python3-venv\`) and run this again."
    return 1
}

# A copied environment still runs, but its commands name the folder that it was copied from.
is_ours() {
    "$1/bin/python" -c 'import sys; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1 &&
        grep -qF "$1" "$1/bin/activate" 2>/dev/null
}

is_filled() {
    is_ours "$1" && [ "$(cat "$1/.filled-with-$requirements" 2>/dev/null)" = "$checksum" ]
}

can_be_written() {
    if [ -d "$1" ]; then [ -w "$1" ]; else [ -w "$(dirname "$1")" ]; fi
}

fill() {
    if ! is_ours "$1" || ! "$1/bin/python" -m pip --version >/dev/null 2>&1; then
        python=$(find_python)
        say "Making a virtual environment with $("$python" --version) ..."
        "$python" -m venv --clear "$1"
    fi
    say "Installing the packages of $requirements (a minute or two, once) ..."
    PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore \
        "$1/bin/python" -m pip install -qq --require-hashes -r "$requirements" >&2
    printf '%s\n' "$checksum" >"$1/.filled-with-$requirements"
}

checksum=$(cksum <"$requirements")
environment=$project/.venv
if ! is_filled "$environment"; then
    if ! can_be_written "$environment"; then
        name=$(printf '%s' "$project" | cksum | cut -d ' ' -f 1)
        environment=${TMPDIR:-/tmp}/wayfare-venv-$name-$(id -u)
        # Nobody else may have prepared a folder of that name for us.
        mkdir -m 700 "$environment" 2>/dev/null || [ -O "$environment" ] || {
            say "The folder $environment belongs to somebody else: remove it or set TMPDIR."
            exit 1
        }
    fi
    is_filled "$environment" || fill "$environment"
fi

PATH=$environment/bin:$PATH
export PATH
exec "$@"
