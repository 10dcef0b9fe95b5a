# What istio-init programs in a pod by default (tools/istio-iptables), with DNS capture, in the namespace of a pod.
nat() { iptables -t nat "$@"; }
for chain in ISTIO_INBOUND ISTIO_REDIRECT ISTIO_IN_REDIRECT ISTIO_OUTPUT ISTIO_OUTPUT_DNS; do nat -N $chain; done
nat -A ISTIO_INBOUND -p tcp --dport 15008 -j RETURN
nat -A ISTIO_REDIRECT -p tcp -j REDIRECT --to-ports 15001
nat -A ISTIO_IN_REDIRECT -p tcp -j REDIRECT --to-ports 15006
nat -A PREROUTING -p tcp -j ISTIO_INBOUND
for port in 15090 15021 15020; do nat -A ISTIO_INBOUND -p tcp --dport $port -j RETURN; done
nat -A ISTIO_INBOUND -p tcp -j ISTIO_IN_REDIRECT
nat -A OUTPUT -j ISTIO_OUTPUT
nat -A ISTIO_OUTPUT -o lo -s 127.0.0.6/32 -j RETURN
nat -A ISTIO_OUTPUT -o lo ! -d 127.0.0.1/32 -p tcp -m multiport ! --dports 53,15008 -m owner --uid-owner 1337 -j ISTIO_IN_REDIRECT
nat -A ISTIO_OUTPUT -o lo -p tcp ! --dport 53 -m owner ! --uid-owner 1337 -j RETURN
nat -A ISTIO_OUTPUT -m owner --uid-owner 1337 -j RETURN
nat -A ISTIO_OUTPUT -o lo ! -d 127.0.0.1/32 -p tcp ! --dport 15008 -m owner --gid-owner 1337 -j ISTIO_IN_REDIRECT
nat -A ISTIO_OUTPUT -o lo -p tcp ! --dport 53 -m owner ! --gid-owner 1337 -j RETURN
nat -A ISTIO_OUTPUT -m owner --gid-owner 1337 -j RETURN
nat -A ISTIO_OUTPUT -j ISTIO_OUTPUT_DNS
nat -A ISTIO_OUTPUT_DNS -p tcp --dport 53 -d 10.96.0.10/32 -j REDIRECT --to-ports 15053
nat -A ISTIO_OUTPUT_DNS -p udp --dport 53 -d 10.96.0.10/32 -j REDIRECT --to-port 15053
nat -A ISTIO_OUTPUT -d 127.0.0.1/32 -j RETURN
nat -A ISTIO_OUTPUT -j ISTIO_REDIRECT
raw() { iptables -t raw "$@"; }
raw -N ISTIO_OUTPUT_DNS
raw -N ISTIO_INBOUND
raw -A OUTPUT -j ISTIO_OUTPUT_DNS
raw -A PREROUTING -j ISTIO_INBOUND
for owner in uid gid; do
    raw -A ISTIO_OUTPUT_DNS -p udp --dport 53 -m owner --$owner-owner 1337 -j CT --zone 1
    raw -A ISTIO_OUTPUT_DNS -p udp --sport 15053 -m owner --$owner-owner 1337 -j CT --zone 2
done
raw -A ISTIO_OUTPUT_DNS -p udp --dport 53 -d 10.96.0.10/32 -j CT --zone 2
raw -A ISTIO_INBOUND -p udp --sport 53 -s 10.96.0.10/32 -j CT --zone 1
