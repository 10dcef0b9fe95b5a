backend=iptables
. "$(dirname "${BASH_SOURCE[0]}")/firewalld.sh"
