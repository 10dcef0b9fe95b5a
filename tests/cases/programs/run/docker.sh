mount -t sysfs none /sys
mount -t cgroup2 none /sys/fs/cgroup
mkdir -p /var/lib/docker && mount -t tmpfs none /var/lib/docker
ip link add eth0 type veth peer name peer0
ip addr add 192.0.2.10/24 dev eth0
ip link set eth0 up && ip link set peer0 up
ip route add default via 192.0.2.1
dockerd --storage-driver vfs --experimental --ip6tables --ipv6 --fixed-cidr-v6 fd00:d0c::/64 > log 2>&1 &
for _ in $(seq 60); do docker info > /dev/null 2>&1 && break; sleep 0.5; done
bridge() { docker network create -o com.docker.network.bridge.name="$@" > /dev/null; }
bridge br-app --subnet 172.30.0.0/16 app
bridge br-back --internal --subnet 172.31.0.0/16 back
bridge br-noicc -o com.docker.network.bridge.enable_icc=false --subnet 172.29.0.0/16 noicc
bridge br-v6 --ipv6 --subnet fd00:ab::/64 --subnet 172.28.0.0/16 v6
for file in /bin/sleep $(ldd /bin/sleep | grep -o '/[^ ]*'); do
    mkdir -p "image$(dirname "$file")" && cp -L "$file" "image$file"
done
tar -C image -c . | docker import - image > /dev/null
start() { docker run -d "$@" image /bin/sleep 1000 > /dev/null; }
start --network app -p 8080:80 -p 127.0.0.1:5432:5432/tcp -p 5353:53/udp
start -p 9000-9001:9000-9001
start --network v6 -p 8443:443
keep_all
docker rm -f $(docker ps -q) > /dev/null
kill %1 && wait %1
exit
