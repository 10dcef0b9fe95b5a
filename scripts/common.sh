# Sourced by the other scripts: where things are, and how they speak.
# shellcheck shell=bash disable=SC2034
set -euo pipefail

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
# Shared by all checkouts on the machine, so that a fresh clone has nothing to compile.
TOOLS="${DATAPATH_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/datapath-lab}"
# shellcheck source=versions.env source-path=SCRIPTDIR
. "$ROOT/scripts/versions.env"
cd "$ROOT"

say() { printf '%s\n' "$*"; }

# die WHAT WHY REMEDY
die() {
  printf '\nerror: %s\n  why: %s\n  what to do: %s\n' "$1" "$2" "$3" >&2
  exit 1
}

# Puts what set-up installed on PATH.
use_tools() {
  [ -f .tools/env ] || die "this checkout is not set up" "there is no .tools/env" "make setup"
  # shellcheck source=/dev/null
  . .tools/env
}

now() { date +%s%N; }
seconds_since() { awk -v a="$1" -v b="$(now)" 'BEGIN { printf "%.1f", (b - a) / 1e9 }'; }

# npm_packages FOLDER: as its lock file says.
npm_packages() {
  local installed="$1/node_modules/.package-lock.json" log="$TOOLS/npm.log"
  [ ! "$installed" -nt "$1/package-lock.json" ] || return 0
  say "  npm ci in $1"
  npm ci --prefix "$1" --prefer-offline --no-audit --no-fund </dev/null >"$log" 2>&1 ||
    die "the packages of $1 are missing" "npm ci failed: $(grep -m1 'ERR\|error' "$log")" \
      "mend the connection to the npm registry and try again; see $log"
  touch "$installed"
}
