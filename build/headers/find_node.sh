# Sets $node, to nothing where there is none, and leaves nothing in the environment that node itself goes by.
# shellcheck shell=sh

# The installer writes the path of node here: libvirt's services have a short PATH.
node='@NODE@'
[ -x "$node" ] || node=$(command -v node) || node=
unset @UNSET@
