#!/bin/sh
# Runs a command in a world of its own: control groups, processes, mounts, network and hostname.
#
#   isolate.sh NAME FOLDER COMMAND [ARGUMENT ...]
#
# All that the command starts, containers too, ends with it; the mounts and the network go with the
# last process, so that only the control groups called NAME are left to remove. FOLDER takes what is
# written under /run, /var/lib and /var/log.
set -eu
name=$1 folder=$2
shift 2
mkdir -p "$folder/log" "$folder/lib" "$folder/work"

for controller in /sys/fs/cgroup/*/; do
  [ -e "$controller/tasks" ] || continue
  group="$controller$name"
  mkdir "$group"
  if [ -e "$group/cpuset.cpus" ]; then
    cat "$controller/cpuset.cpus" >"$group/cpuset.cpus"
    cat "$controller/cpuset.mems" >"$group/cpuset.mems"
  fi
  echo $$ >"$group/cgroup.procs"
done

# shellcheck disable=SC2016 # the inner shell expands it
exec unshare --pid --fork --kill-child --mount --net --uts --ipc --cgroup --mount-proc \
  --propagation private \
  sh -euc '
    folder=$1
    shift
    hostname node
    for controller in /sys/fs/cgroup/*/; do
      [ -e "$controller/tasks" ] || continue
      controller=${controller%/}
      options=${controller##*/}
      [ "$options" != systemd ] || options=none,name=systemd
      umount "$controller"
      mount -t cgroup -o "$options" cgroup "$controller"
    done
    mount -t tmpfs tmpfs /run
    mount --bind "$folder/log" /var/log
    mount -t overlay overlay \
      -o "lowerdir=/var/lib,upperdir=$folder/lib,workdir=$folder/work" /var/lib
    # The first process adopts those whose parents are gone; a shell that waits buries them.
    "$@" &
    wait
  ' sh "$folder" "$@"
