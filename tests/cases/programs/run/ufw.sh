own /etc/ufw && own /etc/default && own /lib/ufw
ufw --force enable
ufw default deny incoming
ufw default deny routed
ufw allow 22/tcp comment ssh
ufw limit proto tcp from 10.0.0.0/8 to any port 2222
ufw allow from 192.168.1.0/24 to any port 53
ufw deny out to 203.0.113.0/24
ufw reject 113/tcp
ufw route allow in on eth1 out on eth0
ufw route deny proto udp from any to 10.1.0.0/16 port 1000:2000
ufw allow proto tcp from any to any port 80,443,8080:8090
ufw logging medium
