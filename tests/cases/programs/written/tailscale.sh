# What tailscaled programs (util/linuxfw/iptables_runner.go) for a subnet router with stateful filtering.
for program in iptables ip6tables; do
    for chain in ts-input ts-forward; do $program -N $chain; done
    $program -t nat -N ts-postrouting
    $program -I INPUT -j ts-input
    $program -I FORWARD -j ts-forward
    $program -t nat -I POSTROUTING -j ts-postrouting
    if [ $program = iptables ]; then
        $program -A ts-input -i lo -s 100.101.102.103 -j ACCEPT
        $program -A ts-input ! -i tailscale0 -s 100.115.92.0/23 -j RETURN
        $program -A ts-input ! -i tailscale0 -s 100.64.0.0/10 -j DROP
    else
        $program -A ts-input -i lo -s fd7a:115c:a1e0::1 -j ACCEPT
    fi
    $program -A ts-input -i tailscale0 -j ACCEPT
    $program -A ts-input -p udp --dport 41641 -j ACCEPT
    $program -A ts-forward -i tailscale0 -j MARK --set-mark 0x40000/0xff0000
    $program -A ts-forward -m mark --mark 0x40000/0xff0000 -j ACCEPT
    [ $program = ip6tables ] || $program -A ts-forward -o tailscale0 -s 100.64.0.0/10 -j DROP
    $program -A ts-forward -o tailscale0 -m conntrack ! --ctstate ESTABLISHED,RELATED -j DROP
    $program -A ts-forward -o tailscale0 -j ACCEPT
    $program -t nat -A ts-postrouting -m mark --mark 0x40000/0xff0000 -j MASQUERADE
    $program -t mangle -I PREROUTING -m conntrack --ctstate ESTABLISHED,RELATED -m connmark ! --mark 0x0/0xff0000 \
        -j CONNMARK --restore-mark --nfmask 0xff0000 --ctmask 0xff0000
    $program -t mangle -I OUTPUT -m conntrack --ctstate NEW -m mark ! --mark 0x0/0xff0000 \
        -j CONNMARK --save-mark --nfmask 0xff0000 --ctmask 0xff0000
    $program -t mangle -A FORWARD -o tailscale0 -p tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu
    $program -t mangle -A FORWARD -i tailscale0 -p tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu
done
# The operator's proxy for a Service.
iptables -t nat -A PREROUTING -d 100.100.100.7 -m statistic --mode nth --every 2 --packet 0 -j DNAT --to-destination 10.1.0.2
iptables -t nat -A PREROUTING -d 100.100.100.7 -j DNAT --to-destination 10.1.0.1
