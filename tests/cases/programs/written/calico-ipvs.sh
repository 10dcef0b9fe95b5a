# The same with kube-proxy in IPVS mode, where Felix marks which workload a packet came from.
. "$(dirname "${BASH_SOURCE[0]}")/calico.sh" ipvs
