# shellcheck shell=sh
nmcli con add type bond con-name bond0 ifname bond0 bond.options mode=active-backup,miimon=100 \
  ipv4.method manual ipv4.addresses 192.0.2.10/24 ipv4.gateway 192.0.2.1 \
  ipv4.dns 192.0.2.1,192.0.2.53 ipv4.dns-search lab.example.net \
  ipv6.method manual ipv6.addresses 2001:db8:1::10/64 ipv6.gateway 2001:db8:1::1
nmcli con add type ethernet con-name bond0-ens3 ifname ens3 master bond0 slave-type bond
nmcli con add type ethernet con-name bond0-ens5 ifname ens5 master bond0 slave-type bond
nmcli --wait 60 con up bond0-ens3
nmcli --wait 60 con up bond0-ens5
# As after a boot: it forgets the profiles that it has made for cards without one.
systemctl restart NetworkManager.service
