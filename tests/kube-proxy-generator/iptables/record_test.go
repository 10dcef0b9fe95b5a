//go:build linux

package iptables

import (
	"bytes"
	"context"
	"testing"
	"time"

	v1 "k8s.io/api/core/v1"
	"k8s.io/kubernetes/pkg/proxy/conntrack"
	"k8s.io/kubernetes/pkg/proxy/healthcheck"
	"k8s.io/kubernetes/pkg/proxy/recordcase"
	"k8s.io/kubernetes/pkg/util/iptables"
	iptablestest "k8s.io/kubernetes/pkg/util/iptables/testing"
)

// sysctls answers as a node whose only setting of interest is that of conntrack.
type sysctls struct{ liberal bool }

func (s sysctls) GetSysctl(name string) (int, error) {
	if name == sysctlNFConntrackTCPBeLiberal && s.liberal {
		return 1, nil
	}
	return 0, nil
}

func (sysctls) SetSysctl(string, int) error { return nil }

func TestRecord(t *testing.T) {
	recordcase.All(t, record)
}

func record(t *testing.T, c *recordcase.Case, family v1.IPFamily) {
	tables := iptablestest.NewFake()
	if family == v1.IPv6Protocol {
		tables = iptablestest.NewIPv6Fake()
	}
	tables.SetHasRandomFully(c.Settings.RandomFully)
	proxier, err := NewProxier(context.Background(), family, tables, sysctls{c.Settings.ConntrackTCPLiberal},
		30*time.Second, 0, c.Settings.MasqueradeAll, family == v1.IPv4Protocol && c.Settings.LocalhostNodePorts,
		c.Settings.MasqueradeBit, c.Detector(family), c.Settings.NodeName, c.NodeIP(family), nil, nil, nil, false)
	if err != nil {
		t.Fatal(err)
	}
	proxier.nodePortAddresses = c.NodePortAddresses(family, nil)
	proxier.localhostNodePorts = family == v1.IPv4Protocol && c.Settings.LocalhostNodePorts &&
		proxier.nodePortAddresses.ContainsIPv4Loopback()
	proxier.networkInterfacer = c
	proxier.conntrack = conntrack.NewFake()
	proxier.serviceHealthServer = healthcheck.NewFakeServiceHealthServer()
	proxier.nfacct = nil
	for name := range proxier.nfAcctCounters {
		proxier.nfAcctCounters[name] = c.Settings.NfacctCounters
	}
	topology := func(labels map[string]string) {
		proxier.topologyLabels, proxier.needFullSync = labels, true
	}
	c.Play(proxier, topology, proxier.setInitialized, func(prefix string) {
		if err := proxier.syncProxyRules(); err != nil {
			t.Errorf("%s %s: %v", c.Name, family, err)
		}
		c.Write(t, family, prefix+"iptables-restore", proxier.iptablesData.String())
		c.Write(t, family, prefix+"iptables-save", saved(t, tables))
		c.WriteJSON(t, family, prefix+"misc.json", miscOf(c, proxier))
		proxier.lastIPTablesCleanup = proxier.lastIPTablesCleanup.Add(-recordcase.Pause)
	})
}

// misc is what is decided beside the rules.
type misc struct {
	HealthCheckNodePorts     map[string]uint16 `json:"healthCheckNodePorts"`
	IPTablesLargeClusterMode bool              `json:"iptablesLargeClusterMode"`
	LocalReadyEndpoints      map[string]int    `json:"localReadyEndpoints"`
}

func miscOf(c *recordcase.Case, proxier *Proxier) misc {
	m := misc{map[string]uint16{}, proxier.largeClusterMode, map[string]int{}}
	for name, port := range proxier.svcPortMap.HealthCheckNodePorts() {
		m.HealthCheckNodePorts[name.String()] = port
	}
	for name, count := range proxier.endpointsMap.LocalReadyEndpoints() {
		m.LocalReadyEndpoints[name.String()] = count
	}
	return m
}

func saved(t *testing.T, tables iptables.Interface) string {
	var text bytes.Buffer
	if err := tables.SaveInto("", &text); err != nil {
		t.Fatal(err)
	}
	return text.String()
}
