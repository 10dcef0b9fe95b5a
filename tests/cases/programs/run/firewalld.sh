backend=${backend:-nftables}
own /etc/firewalld
mkdir -p /run/dbus /run/firewalld /run/lock
sed -i "s/^FirewallBackend=.*/FirewallBackend=$backend/; s/^LogDenied=.*/LogDenied=all/" /etc/firewalld/firewalld.conf
for n in 0 1; do
    ip link add eth$n type veth peer name peer$n && ip link set eth$n up
done
dbus-daemon --system --fork --nopidfile
firewalld --nofork --nopid > log 2>&1 &
for _ in $(seq 60); do firewall-cmd --state > /dev/null 2>&1 && break; sleep 0.5; done
now() { firewall-cmd "$@" > /dev/null; }
now --zone=public --add-service=http
now --zone=public --change-interface=eth0
now --zone=internal --change-interface=eth1
now --zone=public --add-port=8080-8090/tcp
now --zone=public --add-masquerade
now --zone=public --add-forward-port=port=2222:proto=tcp:toport=22:toaddr=10.0.0.5
now --zone=public --add-rich-rule='rule family="ipv4" source address="192.0.2.0/24" service name="https" log prefix="web " level="info" limit value="1/m" accept'
now --zone=public --add-rich-rule='rule family="ipv6" source address="2001:db8::/32" port port="5432" protocol="tcp" reject'
now --zone=trusted --add-source=10.244.0.0/16
now --zone=public --add-icmp-block=echo-request
now --zone=drop --add-source=198.18.0.0/15
now --runtime-to-permanent
now --permanent --new-ipset=blocked --type=hash:net
now --permanent --ipset=blocked --add-entry=198.51.100.0/24
now --permanent --zone=drop --add-source=ipset:blocked
now --permanent --new-policy=toworld
now --permanent --policy=toworld --add-ingress-zone=internal
now --permanent --policy=toworld --add-egress-zone=public
now --permanent --policy=toworld --set-target=ACCEPT
now --reload
now --direct --add-rule ipv4 filter INPUT 0 -p tcp --dport 9999 -j ACCEPT
keep_all
kill %1
exit
