# Inside the namespaces: makes them a machine of their own, runs the script and keeps what the tools print.
script=$1 out=$2
mount -t tmpfs none /mnt && mount -t tmpfs none /run
own() { mkdir -p "/mnt$1" && cp -a "$1/." "/mnt$1" && mount --bind "/mnt$1" "$1"; }
own /etc/alternatives
# choose legacy|nft
choose() {
    for tool in iptables iptables-save iptables-restore ip6tables ip6tables-save ip6tables-restore; do
        ln -sf "/usr/sbin/${tool/tables/tables-$1}" "/etc/alternatives/$tool"
    done
}
choose legacy
ip link set lo up
# keep FILE COMMAND...: nothing is kept of a tool that has nothing to say.
keep() {
    local file=$out/$1
    shift
    "$@" > "$file" 2> /dev/null
    if [ -s "$file" ]; then sed -i -E 's/^(# (Generated|Completed).* on ).*$/\1Thu Jan  1 00:00:00 1970/' "$file"; else rm -f "$file"; fi
}
keep_all() {
    keep rules.v4 iptables-legacy-save
    keep rules.v6 ip6tables-legacy-save
    keep rules.nft nft list ruleset
    keep rules.json nft -j list ruleset
    keep sets.ipset ipset save
    if [ ! -f "$out/rules.nft" ]; then rm -f "$out/rules.json"; return; fi
    # Of rules that are iptables-nft's nft lists words that it reads otherwise, or not at all (`xt`).
    grep -v ' xt ' "$out/rules.nft" | unshare --net sh -c 'nft -f - && nft list ruleset' > "$out/relisted.nft"
    if cmp -s "$out/rules.nft" "$out/relisted.nft"; then rm "$out/relisted.nft"; fi
}
cd /mnt
. "$script"
keep_all
