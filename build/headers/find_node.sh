# Sets $node, to nothing where there is none, and leaves nothing in the environment that node itself goes by.
# shellcheck shell=sh

# The installer writes the path of node here: libvirt's services have a short PATH.
node='@NODE@'
# Without it the system's node comes before that of the caller's PATH: whoever calls sudo must not choose what root runs.
if [ ! -x "$node" ]; then
  for node in /usr/bin/node /usr/local/bin/node "$(command -v node)" ''; do
    [ ! -x "$node" ] || break
  done
fi
unset @UNSET@
