# shellcheck shell=sh
nmcli con add type ethernet con-name uplink ifname ens3 \
  ipv4.method manual ipv4.addresses 192.0.2.10/24,192.0.2.11/24 ipv4.gateway 192.0.2.1 \
  ipv4.dns 192.0.2.1,192.0.2.53 ipv4.dns-search lab.example.net \
  ipv4.routes '198.51.100.0/24 192.0.2.254, 0.0.0.0/0 192.0.2.1 table=100' \
  ipv4.routing-rules 'priority 100 from 192.0.2.11 table 100' \
  ipv6.method manual ipv6.addresses 2001:db8:1::10/64,2001:db8:1::11/64 ipv6.gateway 2001:db8:1::1 \
  ipv6.dns 2001:db8:1::1 ipv6.dns-search lab.example.net
nmcli con add type vlan con-name vlan200 ifname ens3.200 dev ens3 id 200 \
  ipv4.method manual ipv4.addresses 203.0.113.10/24 ipv6.method link-local
nmcli --wait 60 con up uplink
# As after a boot: it forgets the profiles that it has made for cards without one.
systemctl restart NetworkManager.service
