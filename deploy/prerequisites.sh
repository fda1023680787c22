#!/bin/sh
# Names every missing prerequisite, with how to get it, before anything is changed.
# Usage: prerequisites.sh PYTHON
set -eu

missing=0
say() {
    printf '%s\n' "$1" >&2
    missing=1
}

python=${1:-python3}
if ! command -v "$python" >/dev/null 2>&1; then
    say "Missing: Python 3.11 or newer ($python was not found). Get it from your system's packages (Debian: apt-get install python3 python3-venv; macOS: brew install python@3.12), or say which one: make PYTHON=/path/to/python3.12 …"
elif ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    say "Too old: $("$python" --version 2>&1); Mendrec needs Python 3.11 or newer. Say which one to use: make PYTHON=/path/to/python3.12 …"
elif ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
    say "Missing: Python's venv module. Debian and Ubuntu keep it apart: apt-get install python3-venv"
fi

if ! command -v node >/dev/null 2>&1; then
    say "Missing: Node.js 20.19 or newer. Get it from your system's packages or with a version manager (nvm install 20)."
elif ! node -e '
    const [major, minor] = process.versions.node.split(".").map(Number);
    process.exit((major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22 ? 0 : 1)'; then
    say "Too old: Node.js $(node --version); Mendrec needs 20.19 or newer of 20, 22.12 or newer of 22, or a later one (nvm install 22)."
fi
if ! command -v npm >/dev/null 2>&1; then
    say "Missing: npm. It comes with Node.js; Debian keeps it apart: apt-get install npm"
fi

[ "$missing" -eq 0 ] || { printf '%s\n' "Nothing was changed." >&2; exit 1; }
