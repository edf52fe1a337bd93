# Sourced by the commands of this folder: goes to the project's folder and makes .venv ready with what the lock files name.
# Plain sh, because it is what a bare machine has. `setup` installs what the product needs, `setup --dev` also what its tests need.

unset CDPATH PYTHONHOME PYTHONPATH PYTHONSAFEPATH
cd -- "$(dirname -- "$0")/.."

fail() {
    printf '%s\n' "$1" >&2
    exit 1
}

# Prints the first usable Python: our own .venv's if it works, else the machine's.
find_python() {
    old='' bare=''
    for python in .venv/bin/python python3 python3.14 python3.13 python3.12 python3.11 python; do
        version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue
        if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            old="$python is $version"
        elif [ "$python" != .venv/bin/python ] && ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
            bare="$python, $version"
        else
            printf '%s\n' "$python"
            return
        fi
    done
    install="On Debian and Ubuntu: apt-get install python3 python3-venv"
    [ -z "$bare" ] || fail "This Python ($bare) has no venv module, which Logistics needs. $install"
    [ -z "$old" ] || fail "Logistics needs Python 3.11 or newer, but $old. Install a newer one."
    fail "Logistics needs Python 3.11 or newer, and there is none here. $install"
}

setup() {
    python=$(find_python) || exit 1
    "$python" -m bin install "$@" || exit 1
}
