# What kube-router programs for NetworkPolicies and services (pkg/controllers/{netpol,proxy,routing}); k3s runs the netpol part.
note="-m comment --comment"
ipset create KUBE-SRC-2FAAQK2EGS2WJGR2 hash:ip family inet timeout 0
ipset add KUBE-SRC-2FAAQK2EGS2WJGR2 10.42.0.9
ipset create KUBE-DST-3YNVZWWGX3UQQ4VQ hash:ip family inet timeout 0
ipset add KUBE-DST-3YNVZWWGX3UQQ4VQ 10.42.0.7
ipset create kube-router-pod-subnets hash:net family inet timeout 0
ipset add kube-router-pod-subnets 10.42.0.0/24
ipset create kube-router-node-ips hash:ip family inet timeout 0
ipset add kube-router-node-ips 192.168.5.10
ipset create kube-router-local-ips hash:ip family inet timeout 0
ipset add kube-router-local-ips 192.168.5.10
ipset create kube-router-svip-prt hash:ip,port family inet timeout 0
ipset add kube-router-svip-prt 10.43.0.10,tcp:53
ipset create kube-router-svip hash:ip family inet timeout 0
ipset add kube-router-svip 10.43.0.10
f() { iptables "$@"; }
for chain in KUBE-ROUTER-INPUT KUBE-ROUTER-FORWARD KUBE-ROUTER-OUTPUT KUBE-ROUTER-SERVICES KUBE-NWPLCY-DEFAULT KUBE-NWPLCY-COMMON \
    KUBE-NWPLCY-2FAAQK2EGS2WJGR2 KUBE-POD-FW-3YNVZWWGX3UQQ4VQ; do f -N $chain; done
f -I INPUT $note "kube-router netpol - 4IA2OSFRMVNDXBVV" -j KUBE-ROUTER-INPUT
f -I FORWARD $note "kube-router netpol - TEMCG2JMHZYE7H7T" -j KUBE-ROUTER-FORWARD
f -I OUTPUT $note "kube-router netpol - VEAAIY32XVBHCSCY" -j KUBE-ROUTER-OUTPUT
f -A INPUT $note "handle traffic to IPVS service IPs in custom chain" -m set --match-set kube-router-svip dst -j KUBE-ROUTER-SERVICES
f -A KUBE-ROUTER-SERVICES $note "allow input traffic to ipvs services" -m set --match-set kube-router-svip-prt dst,dst -j ACCEPT
f -A KUBE-ROUTER-SERVICES -p icmp $note "allow icmp echo requests to service IPs" -m icmp --icmp-type 8 -j ACCEPT
f -A KUBE-ROUTER-SERVICES $note "reject all unexpected traffic to service IPs" -m set ! --match-set kube-router-local-ips dst -j REJECT --reject-with icmp-port-unreachable
f -A KUBE-ROUTER-INPUT -d 10.43.0.0/16 $note "allow traffic to primary/secondary cluster IP range" -j RETURN
for protocol in tcp udp sctp; do
    f -A KUBE-ROUTER-INPUT -p $protocol $note "allow LOCAL $protocol traffic to node ports" -m addrtype --dst-type LOCAL -m multiport --dports 30000:32767 -j RETURN
done
f -A KUBE-ROUTER-INPUT -s 10.42.0.7 $note "rule to jump traffic from POD name:web namespace: default to chain KUBE-POD-FW-3YNVZWWGX3UQQ4VQ" -j KUBE-POD-FW-3YNVZWWGX3UQQ4VQ
for chain in FORWARD OUTPUT; do
    f -A KUBE-ROUTER-$chain -d 10.42.0.7 $note "rule to jump traffic destined to POD name:web namespace: default to chain KUBE-POD-FW-3YNVZWWGX3UQQ4VQ" -j KUBE-POD-FW-3YNVZWWGX3UQQ4VQ
    f -A KUBE-ROUTER-$chain -s 10.42.0.7 $note "rule to jump traffic from POD name:web namespace: default to chain KUBE-POD-FW-3YNVZWWGX3UQQ4VQ" -j KUBE-POD-FW-3YNVZWWGX3UQQ4VQ
done
f -A KUBE-ROUTER-FORWARD -d 10.42.0.7 -m physdev --physdev-is-bridged $note "rule to jump traffic destined to POD name:web namespace: default to chain KUBE-POD-FW-3YNVZWWGX3UQQ4VQ" -j KUBE-POD-FW-3YNVZWWGX3UQQ4VQ
for chain in INPUT FORWARD OUTPUT; do
    f -A KUBE-ROUTER-$chain $note "rule to explicitly ACCEPT traffic that comply to network policies" -m mark --mark 0x20000/0x20000 -j ACCEPT
done
f -A KUBE-NWPLCY-COMMON $note "drop invalid state for pod" -m conntrack --ctstate INVALID -j DROP
f -A KUBE-NWPLCY-COMMON $note "rule for stateful firewall for pod" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
f -A KUBE-NWPLCY-COMMON -p icmp $note "allow icmp echo requests" -m icmp --icmp-type 8 -j ACCEPT
f -A KUBE-NWPLCY-DEFAULT -j MARK $note "rule to mark traffic matching a network policy" --set-xmark 0x10000/0x10000
p=KUBE-NWPLCY-2FAAQK2EGS2WJGR2
match="-m set --match-set KUBE-SRC-2FAAQK2EGS2WJGR2 src -m set --match-set KUBE-DST-3YNVZWWGX3UQQ4VQ dst -p tcp --dport 80"
f -A $p $note "rule to ACCEPT traffic from source pods to dest pods selected by policy name web namespace default" $match -j MARK --set-xmark 0x10000/0x10000
f -A $p $note "rule to ACCEPT traffic from source pods to dest pods selected by policy name web namespace default" $match -m mark --mark 0x10000/0x10000 -j RETURN
w=KUBE-POD-FW-3YNVZWWGX3UQQ4VQ
f -A $w $note "rule for stateful firewall for pod" -j KUBE-NWPLCY-COMMON
f -A $w -d 10.42.0.7 $note "rule to permit the traffic traffic to pods when source is the pod's local node" -m addrtype --src-type LOCAL -j ACCEPT
f -A $w -s 10.42.0.7 $note "run through default egress network policy  chain" -j KUBE-NWPLCY-DEFAULT
f -A $w -d 10.42.0.7 $note "run through nw policy web" -j $p
f -A $w $note "rule to log dropped traffic POD name:web namespace: default" -m mark ! --mark 0x10000/0x10000 -m limit --limit 10/minute --limit-burst 10 -j NFLOG --nflog-group 100
f -A $w $note "rule to REJECT traffic destined for POD name:web namespace: default" -m mark ! --mark 0x10000/0x10000 -j REJECT
f -A $w -j MARK --set-mark 0/0x10000
f -A $w $note "set mark to ACCEPT traffic that comply to network policies" -j MARK --set-mark 0x20000/0x20000
iptables -t nat -A POSTROUTING -m set --match-set kube-router-pod-subnets src -m set ! --match-set kube-router-pod-subnets dst -m set ! --match-set kube-router-node-ips dst -j MASQUERADE --random-fully
iptables -t mangle -A PREROUTING -d 10.43.0.10 -p tcp -m tcp --dport 53 -j MARK --set-xmark 0x42a1/0x3fff
iptables -t mangle -A POSTROUTING -s 10.43.0.10 -p tcp -m tcp --sport 53 --tcp-flags SYN,RST SYN -j TCPMSS --set-mss 1440
