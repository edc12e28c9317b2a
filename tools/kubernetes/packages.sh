#!/bin/sh
# Installs Debian's packages of the pod tier, as root, without starting any of their services.
set -eu

policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod +x "$policy"
  trap 'rm -f "$policy"' EXIT
fi
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
  containerd containernetworking-plugins debootstrap docker-registry iproute2 iptables openssl \
  procps runc util-linux >/dev/null
