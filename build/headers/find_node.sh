# Sets $node, to nothing if there is none, and removes all variables from the environment that configure node itself.
# shellcheck shell=sh

# The build writes the path of node here: libvirt's services have a short PATH.
node='@NODE@'
# Otherwise the system's node comes before one on the caller's PATH: a user of sudo must not choose what root runs.
if [ ! -x "$node" ]; then
  for node in /usr/bin/node /usr/local/bin/node "$(command -v node)" ''; do
    [ ! -x "$node" ] || break
  done
fi
unset @UNSET@
