//go:build linux

package ipvs

import (
	"bytes"
	"fmt"
	"net"
	"sort"
	"testing"
	"time"

	v1 "k8s.io/api/core/v1"
	"k8s.io/kubernetes/pkg/proxy"
	"k8s.io/kubernetes/pkg/proxy/conntrack"
	"k8s.io/kubernetes/pkg/proxy/healthcheck"
	ipsettest "k8s.io/kubernetes/pkg/proxy/ipvs/ipset/testing"
	netlinktest "k8s.io/kubernetes/pkg/proxy/ipvs/testing"
	ipvstest "k8s.io/kubernetes/pkg/proxy/ipvs/util/testing"
	"k8s.io/kubernetes/pkg/proxy/recordcase"
	proxyutil "k8s.io/kubernetes/pkg/proxy/util"
	iptablestest "k8s.io/kubernetes/pkg/util/iptables/testing"
	netutils "k8s.io/utils/net"
)

// ipsetVersion is one that has comments.
const ipsetVersion = "v7.17"

type realServer struct {
	Address string `json:"address"`
	Port    uint16 `json:"port"`
	Weight  int    `json:"weight"`
}

type virtualServer struct {
	Address     string       `json:"address"`
	Port        uint16       `json:"port"`
	Protocol    string       `json:"protocol"`
	Scheduler   string       `json:"scheduler"`
	Flags       uint32       `json:"flags"`
	Timeout     uint32       `json:"timeout"`
	RealServers []realServer `json:"realServers"`
}

type ipSet struct {
	Name    string   `json:"name"`
	Type    string   `json:"type"`
	Family  string   `json:"family"`
	Comment string   `json:"comment"`
	Entries []string `json:"entries"`
}

type state struct {
	VirtualServers []virtualServer `json:"virtualServers"`
	IPSets         []ipSet         `json:"ipsets"`
	KubeIPVS0      []string        `json:"kubeIPVS0"`
}

// node is the fakes that a proxier writes to.
type node struct {
	tables *iptablestest.FakeIPTables
	ipvs   *ipvstest.FakeIPVS
	sets   *ipsettest.FakeIPSet
	link   *netlinktest.FakeNetlinkHandle
}

func TestRecord(t *testing.T) {
	recordcase.All(t, record)
}

func record(t *testing.T, c *recordcase.Case, family v1.IPFamily) {
	n := nodeOf(t, c, family)
	proxier := proxierOf(t, c, family, n)
	topology := func(labels map[string]string) { proxier.topologyLabels = labels }
	c.Play(proxier, topology, proxier.setInitialized, func(prefix string) {
		if err := proxier.syncProxyRules(); err != nil {
			t.Errorf("%s %s: %v", c.Name, family, err)
		}
		var saved bytes.Buffer
		if err := n.tables.SaveInto("", &saved); err != nil {
			t.Fatal(err)
		}
		c.WriteJSON(t, family, prefix+"ipvs.json", n.state(t))
		c.Write(t, family, prefix+"ipvs.iptables-restore", proxier.iptablesData.String())
		c.Write(t, family, prefix+"ipvs.iptables-save", saved.String())
	})
}

func nodeOf(t *testing.T, c *recordcase.Case, family v1.IPFamily) *node {
	tables := iptablestest.NewFake()
	if family == v1.IPv6Protocol {
		tables = iptablestest.NewIPv6Fake()
	}
	tables.SetHasRandomFully(c.Settings.RandomFully)
	link := netlinktest.NewFakeNetlinkHandle(family == v1.IPv6Protocol)
	for _, device := range c.Settings.Interfaces {
		var addresses []string
		for _, text := range device.Addresses {
			ip, _, err := net.ParseCIDR(text)
			if err != nil {
				t.Fatal(err)
			}
			addresses = append(addresses, ip.String())
		}
		if err := link.SetLocalAddresses(device.Name, addresses...); err != nil {
			t.Fatal(err)
		}
	}
	return &node{tables, ipvstest.NewFake(), ipsettest.NewFake(ipsetVersion), link}
}

// proxierOf does what NewProxier does but for the looks at the machine it runs on.
func proxierOf(t *testing.T, c *recordcase.Case, family v1.IPFamily, n *node) *Proxier {
	excluded, err := netutils.ParseCIDRs(filterCIDRs(family == v1.IPv6Protocol, c.Settings.IPVSExcludeCIDRs))
	if err != nil {
		t.Fatal(err)
	}
	scheduler := c.Settings.IPVSScheduler
	if scheduler == "" {
		scheduler = defaultScheduler
	}
	sets := map[string]*IPSet{}
	for _, set := range ipsetInfo {
		sets[set.name] = NewIPSet(n.sets, set.name, set.setType, family == v1.IPv6Protocol, set.comment)
	}
	return &Proxier{
		ipFamily:              family,
		svcPortMap:            proxy.ServicePortMap{},
		serviceChanges:        proxy.NewServiceChangeTracker(family, newServiceInfo, nil),
		endpointsMap:          proxy.EndpointsMap{},
		endpointsChanges:      proxy.NewEndpointsChangeTracker(family, c.Settings.NodeName, nil, nil),
		initialSync:           true,
		syncPeriod:            time.Minute,
		excludeCIDRs:          excluded,
		iptables:              n.tables,
		masqueradeAll:         c.Settings.MasqueradeAll,
		masqueradeMark:        fmt.Sprintf("%#08x", 1<<uint(c.Settings.MasqueradeBit)),
		conntrack:             conntrack.NewFake(),
		localDetector:         c.Detector(family),
		nodeName:              c.Settings.NodeName,
		nodeIP:                c.NodeIP(family),
		serviceHealthServer:   healthcheck.NewFakeServiceHealthServer(),
		ipvs:                  n.ipvs,
		ipvsScheduler:         scheduler,
		iptablesData:          bytes.NewBuffer(nil),
		filterChainsData:      bytes.NewBuffer(nil),
		natChains:             proxyutil.NewLineBuffer(),
		natRules:              proxyutil.NewLineBuffer(),
		filterChains:          proxyutil.NewLineBuffer(),
		filterRules:           proxyutil.NewLineBuffer(),
		netlinkHandle:         n.link,
		ipset:                 n.sets,
		ipsetList:             sets,
		nodePortAddresses:     c.NodePortAddresses(family, nil),
		networkInterfacer:     c,
		gracefuldeleteManager: NewGracefulTerminationManager(n.ipvs),
	}
}

func (n *node) state(t *testing.T) state {
	s := state{VirtualServers: []virtualServer{}, IPSets: []ipSet{}, KubeIPVS0: []string{}}
	for key, server := range n.ipvs.Services {
		virtual := virtualServer{server.Address.String(), server.Port, server.Protocol, server.Scheduler,
			uint32(server.Flags), server.Timeout, []realServer{}}
		for _, real := range n.ipvs.Destinations[key] {
			virtual.RealServers = append(virtual.RealServers, realServer{real.Address.String(), real.Port, real.Weight})
		}
		sort.Slice(virtual.RealServers, func(i, j int) bool {
			one, other := virtual.RealServers[i], virtual.RealServers[j]
			return one.Address < other.Address || one.Address == other.Address && one.Port < other.Port
		})
		s.VirtualServers = append(s.VirtualServers, virtual)
	}
	sort.Slice(s.VirtualServers, func(i, j int) bool {
		one, other := s.VirtualServers[i], s.VirtualServers[j]
		return fmt.Sprint(one.Address, " ", one.Protocol, " ", one.Port) < fmt.Sprint(other.Address, " ", other.Protocol, " ", other.Port)
	})
	for name, set := range n.sets.Sets {
		entries, err := n.sets.ListEntries(name)
		if err != nil {
			t.Fatal(err)
		}
		sort.Strings(entries)
		s.IPSets = append(s.IPSets, ipSet{name, string(set.SetType), set.HashFamily, set.Comment, append([]string{}, entries...)})
	}
	sort.Slice(s.IPSets, func(i, j int) bool { return s.IPSets[i].Name < s.IPSets[j].Name })
	bound, err := n.link.GetLocalAddresses(defaultDummyDevice)
	if err != nil {
		t.Fatal(err)
	}
	s.KubeIPVS0 = append(s.KubeIPVS0, bound.UnsortedList()...)
	sort.Strings(s.KubeIPVS0)
	return s
}
