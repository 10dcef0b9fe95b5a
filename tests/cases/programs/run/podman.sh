mkdir -p /run/netns
ip netns add container
cat > container.json <<J
{"container_id":"2d1e3e1b2c4f","container_name":"web","port_mappings":[{"container_port":80,"host_ip":"","host_port":8080,"protocol":"tcp","range":1},{"container_port":53,"host_ip":"127.0.0.1","host_port":5353,"protocol":"udp","range":1},{"container_port":9000,"host_ip":"","host_port":9000,"protocol":"tcp","range":3}],
"networks":{"podman":{"interface_name":"eth0","static_ips":["10.88.0.2","fd00:88::2"]}},
"network_info":{"podman":{"name":"podman","id":"2f259bab93aaaaa2542ba43ef33eb990d0999ee1b9924b557b7be53c0b7a1bb9","driver":"bridge","network_interface":"podman0","subnets":[{"subnet":"10.88.0.0/16","gateway":"10.88.0.1"},{"subnet":"fd00:88::/64","gateway":"fd00:88::1"}],"ipv6_enabled":true,"internal":false,"dns_enabled":false,"options":{},"ipam_options":{"driver":"host-local"}}}}
J
/usr/lib/podman/netavark --config /run/netavark setup /run/netns/container < container.json > /dev/null
