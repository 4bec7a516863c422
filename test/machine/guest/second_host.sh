#!/bin/sh
# second_host.sh: a second host on this machine, in /root/there: network, mounts and host name of its own, with a libvirtd,
# hooks, confs and a bridge br0 of its own. A switch, the network namespace `lan`, joins the interface `wire` of both.
# The machine's systemd starts kvmvlan-routes-there.path for it. `/root/there/inside COMMAND…` runs a command there.
set -e
there=/root/there
mkdir -p $there/sock $there/run-libvirt $there/run-kvmvlan/in-transit $there/lib-libvirt $there/lib-kvmvlan /root/here
mount --bind /run/libvirt /root/here
cp -a /etc/libvirt $there/etc
rm -rf $there/etc/qemu/*.xml $there/etc/hooks/logs
printf 'unix_sock_dir = "%s/sock"\nhost_uuid = "%s"\n' $there "$(cat /proc/sys/kernel/random/uuid)" >$there/etc/libvirtd.conf
printf 'cgroup_controllers = []\nremember_owner = 0\nstdio_handler = "file"\n' >$there/etc/qemu.conf

ip netns add there
ip netns add lan
ip -n lan link add lan type bridge mcast_snooping 0
ip link add wire type veth peer name to-here netns lan
ip -n there link add wire type veth peer name to-there netns lan
for port in to-here to-there; do ip -n lan link set $port master lan up; done
ip -n lan link set lan up
ip -n lan addr add 10.9.0.254/24 dev lan
ip addr add 10.9.0.1/24 dev wire
ip link set wire up

# It is asked to start this host's service.
cp /usr/bin/systemctl /usr/bin/systemctl.real
cat >$there/systemctl <<'END'
#!/bin/sh
[ "$*" = 'start --no-block kvmvlan-routes.service' ] && set -- start --no-block kvmvlan-routes-there.service
exec /usr/bin/systemctl.real "$@"
END
cat >$there/inside <<'END'
#!/bin/sh
exec nsenter -t "$(cat /root/there/pid)" -m -n -u -- aa-exec -p unconfined -- "$@"
END
chmod 755 $there/systemctl $there/inside

cat >$there/run <<'END'
set -e
there=/root/there
hostname there
mount --make-rprivate /
mount --bind $there/etc /etc/libvirt
mount -t securityfs none /sys/kernel/security
mount --bind $there/run-libvirt /run/libvirt
mount --bind $there/run-kvmvlan /run/kvmvlan
mount --bind $there/lib-libvirt /var/lib/libvirt
mount --bind $there/lib-kvmvlan /var/lib/kvmvlan
mount --bind $there/systemctl /usr/bin/systemctl
ip addr add 10.9.0.2/24 dev wire
ip link set wire up
ip link add br0 type bridge
ip link add eth0 type dummy
ip link set eth0 master br0 up
ip link set br0 up
echo $$ >$there/pid
exec sleep infinity
END
ip netns exec there unshare --uts sh $there/run </dev/null >$there/out 2>&1 &
for _ in $(seq 100); do [ -s $there/pid ] && break; sleep 0.1; done
cat >$there/start <<'END'
#!/bin/sh
/root/there/inside libvirtd --daemon --pid-file /run/libvirt/libvirtd.pid
for try in $(seq 100); do
  virsh -c 'qemu+unix:///system?socket=/root/there/sock/libvirt-sock' --quiet list >/dev/null 2>&1 && exit 0
  sleep 1
done
exit 1
END
chmod 755 $there/start
$there/start || { cat $there/out >&2; exit 1; }

units=/run/systemd/system
sed "s|=/run/libvirt|=$there/run-libvirt|; s|=/run/kvmvlan|=$there/run-kvmvlan|" \
  /usr/lib/systemd/system/kvmvlan-routes.path >$units/kvmvlan-routes-there.path
cat >$units/kvmvlan-routes-there.service <<END
[Unit]
StartLimitIntervalSec=0
[Service]
Type=exec
ExecStart=$there/inside /etc/libvirt/hooks/qemu_start_begin.d/guest_routes --follow
SuccessExitStatus=SIGTERM
END
systemctl daemon-reload
systemctl start kvmvlan-routes-there.path
