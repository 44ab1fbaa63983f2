#!/bin/bash
# Installs what is missing, and only that. Called by make:
#   devstack/bootstrap.sh [gettext] [chromium]     Debian packages by the program they bring, and the .venv
# As root, or with sudo that asks no password, it installs Debian packages itself; else it stops with the
# one command that somebody who may has to run.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { echo "- $*"; }
stop() { echo "" >&2; echo "$*" >&2; exit 1; }

missing=""
need() { missing="$missing $1"; }

# --- what is missing -------------------------------------------------------------------------------
python="${PYTHON:-python3}"
command -v "$python" >/dev/null 2>&1 || need "python3 python3-venv"
if [ -z "$missing" ]; then
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
        stop "Python 3.11 or later is needed; $("$python" --version) was found. Name a newer one: make PYTHON=python3.11 ..."
    # Debian leaves these two out of python3.
    [ -x .venv/bin/python ] || "$python" -c 'import venv, ensurepip' 2>/dev/null || need python3-venv
fi
# What WeasyPrint draws letters with; the list is the same as in the Dockerfile.
compgen -G '/usr/lib/*/libpangoft2-1.0.so.0' >/dev/null || need libpangoft2-1.0-0
compgen -G '/usr/lib/*/libharfbuzz-subset.so.0' >/dev/null || need libharfbuzz-subset0
for program in "$@"; do
    case "$program" in
        gettext) command -v msgfmt >/dev/null 2>&1 || need gettext ;;
        chromium)
            [ -x /usr/bin/chromium ] || need chromium
            # What steers it, the Node.js inside playwright, needs one library that a bare Debian lacks.
            compgen -G '/usr/lib/*/libatomic.so.1' >/dev/null || need libatomic1
            ;;
        *) stop "bootstrap.sh does not know $program" ;;
    esac
done

# --- Debian packages -------------------------------------------------------------------------------
if [ -n "$missing" ]; then
    command -v apt-get >/dev/null 2>&1 || stop "Please install, in the way of this machine:$missing"
    if [ "$(id -u)" = 0 ]; then
        as_root="env"
    elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
        as_root="sudo -n env"
    else
        stop "Something must be installed first, and that needs an administrator. Run this, then try again:
  sudo apt-get install -y --no-install-recommends$missing"
    fi
    say "Installing Debian packages:$missing (this can take a minute or two)"
    log=$(mktemp)
    $as_root apt-get update -qq </dev/null >"$log" 2>&1 || say "apt-get update failed; trying with the list that is here"
    # shellcheck disable=SC2086  # $missing is a list
    $as_root DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing \
        </dev/null >>"$log" 2>&1 || { cat "$log" >&2; stop "apt-get could not install:$missing"; }
    rm -f "$log"
fi

# --- the virtual environment -----------------------------------------------------------------------
stamp=.venv/installed
if [ -f "$stamp" ] && cmp -s requirements/dev.txt "$stamp" && .venv/bin/python -c '' 2>/dev/null; then
    exit 0
fi
if ! .venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    say "Making a virtual environment in .venv"
    rm -rf .venv
    "$python" -m venv .venv
fi
if ! .venv/bin/python -m uv --version >/dev/null 2>&1; then
    say "Installing uv, the installer"
    .venv/bin/python -m pip --version >/dev/null 2>&1 || .venv/bin/python -m ensurepip >/dev/null
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
fi
say "Installing the Python packages of requirements/dev.txt (80 or so; a minute on a slow line)"
# Without the list of every package it installed.
.venv/bin/python -m uv pip sync --python .venv/bin/python --require-hashes requirements/dev.txt 2>&1 |
    { grep -v '^ [-+~] ' || true; }
cp requirements/dev.txt "$stamp"
