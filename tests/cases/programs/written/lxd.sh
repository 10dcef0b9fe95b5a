# What LXD 5 programs with its nftables driver (lxd/firewall/drivers) for a bridge with NAT, a filtered device and a proxy.
nft -f - <<'NFT'
table inet lxd {
	chain pstrt.lxdbr0 {
		type nat hook postrouting priority 100; policy accept;
		ip saddr 10.158.22.0/24 ip daddr != 10.158.22.0/24 masquerade
		ip6 saddr fd42:9a5:3c1e:aa::/64 ip6 daddr != fd42:9a5:3c1e:aa::/64 masquerade
	}
	chain fwd.lxdbr0 {
		type filter hook forward priority 0; policy accept;
		ip version 4 oifname "lxdbr0" accept
		ip version 4 iifname "lxdbr0" accept
		ip6 version 6 oifname "lxdbr0" accept
		ip6 version 6 iifname "lxdbr0" accept
	}
	chain in.lxdbr0 {
		type filter hook input priority 0; policy accept;
		iifname "lxdbr0" tcp dport 53 accept
		iifname "lxdbr0" udp dport 53 accept
		iifname "lxdbr0" icmp type { destination-unreachable, time-exceeded, parameter-problem } accept
		iifname "lxdbr0" udp dport 67 accept
		iifname "lxdbr0" icmpv6 type { destination-unreachable, packet-too-big, time-exceeded, parameter-problem, nd-router-solicit, nd-neighbor-solicit, nd-neighbor-advert, mld2-listener-report } accept
		iifname "lxdbr0" udp dport 547 accept
	}
	chain out.lxdbr0 {
		type filter hook output priority 0; policy accept;
		oifname "lxdbr0" tcp sport 53 accept
		oifname "lxdbr0" udp sport 53 accept
		oifname "lxdbr0" icmp type { destination-unreachable, time-exceeded, parameter-problem } accept
		oifname "lxdbr0" udp sport 67 accept
		oifname "lxdbr0" icmpv6 type { destination-unreachable, packet-too-big, time-exceeded, parameter-problem, echo-request, nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert, mld2-listener-report } accept
		oifname "lxdbr0" udp sport 547 accept
	}
	chain prert.web.http {
		type nat hook prerouting priority -100; policy accept;
		ip daddr 192.0.2.10 tcp dport 80 dnat ip to 10.158.22.5:8080
	}
	chain out.web.http {
		type nat hook output priority -100; policy accept;
		ip daddr 192.0.2.10 tcp dport 80 dnat ip to 10.158.22.5:8080
	}
	chain pstrt.web.http {
		type nat hook postrouting priority 100; policy accept;
		ip saddr 10.158.22.5 ip daddr 10.158.22.5 tcp dport 8080 masquerade
	}
}
table bridge lxd {
	chain in.web.eth0 {
		type filter hook input priority -200; policy accept;
		iifname "veth3de13d7b" ether saddr != 00:16:3e:13:7a:d3 drop
		iifname "veth3de13d7b" arp saddr ether != 00:16:3e:13:7a:d3 drop
		iifname "veth3de13d7b" icmpv6 type 136 @nh,528,48 != 95530783443 drop
		iifname "veth3de13d7b" ip saddr 0.0.0.0 ip daddr 255.255.255.255 udp dport 67 accept
		iifname "veth3de13d7b" arp saddr ip != 10.158.22.5 drop
		iifname "veth3de13d7b" ip saddr != 10.158.22.5 drop
		iifname "veth3de13d7b" icmpv6 type 134 drop
	}
	chain fwd.web.eth0 {
		type filter hook forward priority -200; policy accept;
		iifname "veth3de13d7b" ether saddr != 00:16:3e:13:7a:d3 drop
		iifname "veth3de13d7b" icmpv6 type 134 drop
	}
}
NFT
