# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# For tests in bash: commands as an ordinary user who exists only for them. Needs root.

# A folder that the stranger owns is the home; nothing else of the caller's environment stays.
# ordinary_user HOME: fills the array `ordinary`, a command line to put before others.
ordinary_user() {
  # shellcheck disable=SC2034 # the caller reads it
  ordinary=(setpriv --reuid 54321 --regid 54321 --clear-groups -- env -i "HOME=$1" PATH=/usr/bin:/bin)
  chown 54321:54321 "$1"
}

# as_stranger FOLDER COMMAND...: with a stranger in passwd and, unless WITHOUT_IDS is set, 65536 ids
# from 200000 on in subuid and subgid. COMMAND is still root; FOLDER holds copies of those files.
as_stranger() {
  # shellcheck disable=SC2016
  unshare --mount bash -euc '
    cd -- "$1"
    for file in passwd subuid subgid; do
      cp /etc/$file $file
      case $file in
        passwd) echo "stranger:x:54321:54321::$1:/bin/sh" >> $file ;;
        *) if [ -z "${WITHOUT_IDS-}" ]; then echo "stranger:200000:65536" >> $file; fi ;;
      esac
      mount --bind $file /etc/$file
    done
    shift
    exec "$@"' as_stranger "$@"
}
