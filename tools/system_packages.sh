#!/usr/bin/env bash
# Sees to what the tests need from the system: Chromium, nginx, LibreOffice, a C compiler and PostgreSQL's programs (no server);
# with the word "bench" to what the benchmark needs, too.
# Root on Debian or Ubuntu gets what is missing installed; anybody else reads the command and gets exit code 1.
set -euo pipefail

# Prints the packages whose programs are not there; $1 is the name of Chromium's package, $2 "bench" for the benchmark's, too.
missing_packages() {
  if [ -z "${POLL_TEST_CHROMIUM:-}" ] && ! command -v chromium chromium-browser google-chrome > /dev/null; then
    echo "$1"
  fi
  if ! command -v initdb > /dev/null && ! compgen -G '/usr/lib/postgresql/*/bin/initdb' > /dev/null; then
    echo postgresql
  fi
  if ! command -v nginx > /dev/null && [ ! -x /usr/sbin/nginx ]; then
    echo nginx
  fi
  if [ "$2" = bench ] && [ ! -e /usr/lib/nginx/modules/ngx_stream_module.so ]; then
    echo libnginx-mod-stream
  fi
  if ! command -v cc > /dev/null; then
    echo gcc libc6-dev
  fi
  if ! command -v soffice > /dev/null; then
    echo libreoffice-calc-nogui
  fi
}

distribution=$(. /etc/os-release 2> /dev/null && echo "${ID:-} ${ID_LIKE:-}" || true)
case $distribution in
  ubuntu*) chromium_package=chromium-browser ;;
  *) chromium_package=chromium ;;
esac

read -r -d '' -a packages < <(missing_packages "$chromium_package" "${1:-}") || true
[ "${#packages[@]}" -gt 0 ] || exit 0

install=(apt-get install -y --no-install-recommends "${packages[@]}")
if [ "$(id -u)" -ne 0 ] || [[ " $distribution " != *" debian "* ]]; then
  echo "The tests need ${packages[*]}: run 'sudo ${install[*]}' (Debian, Ubuntu; elsewhere the packages of your system) and try again." >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -q
"${install[@]}" -o DPkg::Lock::Timeout=120
