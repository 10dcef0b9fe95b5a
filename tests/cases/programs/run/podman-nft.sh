choose nft
. "$(dirname "${BASH_SOURCE[0]}")/podman.sh"
