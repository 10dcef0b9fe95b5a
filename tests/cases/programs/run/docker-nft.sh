choose nft
. "$(dirname "${BASH_SOURCE[0]}")/docker.sh"
