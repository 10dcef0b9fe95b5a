//go:build linux

package nftables

import (
	"context"
	"fmt"
	"testing"
	"time"

	"golang.org/x/time/rate"
	v1 "k8s.io/api/core/v1"
	"k8s.io/kubernetes/pkg/proxy"
	"k8s.io/kubernetes/pkg/proxy/conntrack"
	"k8s.io/kubernetes/pkg/proxy/healthcheck"
	"k8s.io/kubernetes/pkg/proxy/recordcase"
	"sigs.k8s.io/knftables"
)

func TestRecord(t *testing.T) {
	recordcase.All(t, record)
}

func record(t *testing.T, c *recordcase.Case, family v1.IPFamily) {
	proxier, nft := proxierOf(c, family)
	proxier.OnServiceCIDRsChanged(c.ServiceCIDRs())
	transactions := &transactions{Fake: nft}
	proxier.nftables = transactions
	topology := func(labels map[string]string) {
		proxier.topologyLabels, proxier.needFullSync = labels, true
	}
	c.Play(proxier, topology, proxier.setInitialized, func(prefix string) {
		transactions.text = ""
		if err := proxier.syncProxyRules(); err != nil {
			t.Errorf("%s %s: %v", c.Name, family, err)
		}
		c.Write(t, family, prefix+"nft", nft.Dump())
		c.Write(t, family, prefix+"nft-transaction", transactions.text)
		for chain, since := range proxier.staleChains {
			proxier.staleChains[chain] = since.Add(-recordcase.Pause)
		}
	})
}

// transactions keeps the text of all that runs in a sync, one after the other.
type transactions struct {
	*knftables.Fake
	text string
}

func (t *transactions) Run(ctx context.Context, transaction *knftables.Transaction) error {
	t.text += transaction.String()
	return t.Fake.Run(ctx, transaction)
}

// proxierOf does what NewProxier does but for the looks at the machine it runs on.
func proxierOf(c *recordcase.Case, family v1.IPFamily) (*Proxier, *knftables.Fake) {
	nftFamily := knftables.IPv4Family
	if family == v1.IPv6Protocol {
		nftFamily = knftables.IPv6Family
	}
	nft := knftables.NewFake(nftFamily, kubeProxyTable)
	mark := fmt.Sprintf("%#08x", 1<<uint(c.Settings.MasqueradeBit))
	return &Proxier{
		ipFamily:            family,
		svcPortMap:          proxy.ServicePortMap{},
		serviceChanges:      proxy.NewServiceChangeTracker(family, newServiceInfo, nil),
		endpointsMap:        proxy.EndpointsMap{},
		endpointsChanges:    proxy.NewEndpointsChangeTracker(family, c.Settings.NodeName, newEndpointInfo, nil),
		needFullSync:        true,
		syncPeriod:          time.Minute,
		nftables:            nft,
		masqueradeAll:       c.Settings.MasqueradeAll,
		masqueradeMark:      mark,
		masqueradeRule:      "mark set mark or " + mark,
		conntrack:           conntrack.NewFake(),
		localDetector:       c.Detector(family),
		nodeName:            c.Settings.NodeName,
		nodeIP:              c.NodeIP(family),
		serviceHealthServer: healthcheck.NewFakeServiceHealthServer(),
		nodePortAddresses:   c.NodePortAddresses(family, []string{"primary"}),
		networkInterfacer:   c,
		staleChains:         map[string]time.Time{},
		logRateLimiter:      rate.NewLimiter(rate.Every(24*time.Hour), 1),
		clusterIPs:          newNFTElementStorage("set", clusterIPsSet),
		serviceIPs:          newNFTElementStorage("map", serviceIPsMap),
		firewallIPs:         newNFTElementStorage("map", firewallIPsMap),
		noEndpointServices:  newNFTElementStorage("map", noEndpointServicesMap),
		noEndpointNodePorts: newNFTElementStorage("map", noEndpointNodePortsMap),
		serviceNodePorts:    newNFTElementStorage("map", serviceNodePortsMap),
		hairpinConnections:  newNFTElementStorage("set", hairpinConnectionsSet),
	}, nft
}
