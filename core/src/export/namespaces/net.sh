  space dl-net
  ip -n dl-net link add br0 type bridge
  ip -n dl-net link set br0 up
