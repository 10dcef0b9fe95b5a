own /etc/fail2ban
mkdir -p /run/fail2ban
touch seen
rm -f /etc/fail2ban/jail.d/*
printf '[Definition]\nlogtarget = /mnt/log\ndbfile = None\n' > /etc/fail2ban/fail2ban.local
{
    printf '[DEFAULT]\nbackend = polling\nlogpath = /mnt/seen\n'
    jail() { printf '[%s]\nenabled = true\nbackend = polling\nlogpath = /mnt/seen\nport = %s\nbanaction = %s\n' "$@"; }
    jail sshd 22 iptables-multiport
    jail recidive 0:65535 iptables-allports
    jail apache-auth 80,443 nftables-multiport
    jail nginx-http-auth 80 nftables-allports
    jail postfix smtp,465 iptables-ipset-proto6
    jail dovecot pop3 iptables-new
} > /etc/fail2ban/jail.local
fail2ban-server -xf start > out 2>&1 &
for _ in $(seq 60); do fail2ban-client ping > /dev/null 2>&1 && break; sleep 0.5; done
for jail in sshd recidive apache-auth nginx-http-auth postfix dovecot; do
    fail2ban-client set $jail banip 198.51.100.7 203.0.113.99 2001:db8::bad > /dev/null
done
sleep 5
keep_all
fail2ban-client stop > /dev/null
exit
