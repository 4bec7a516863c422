# shellcheck shell=sh
# ifup lets the kernel hear routers when dhcpcd has heard them already. The next regular advertisement would take minutes.
until [ "$(cat /proc/sys/net/ipv6/conf/ens3/accept_ra)" = 2 ]; do sleep 0.2; done
python3 - <<'END'
import socket
asker = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
asker.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
asker.sendto(bytes([133] + 7 * [0]), ('ff02::2', 0, 0, socket.if_nametoindex('ens3')))
END
