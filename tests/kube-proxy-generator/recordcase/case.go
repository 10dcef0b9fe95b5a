// Package recordcase reads the folders of tests/cases/kube-proxy for the recorders inside the proxiers' packages, and
// writes what these recorded.
package recordcase

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"time"

	v1 "k8s.io/api/core/v1"
	discovery "k8s.io/api/discovery/v1"
	proxyutil "k8s.io/kubernetes/pkg/proxy/util"
	"sigs.k8s.io/yaml"
)

// Settings is config.json.
type Settings struct {
	IPFamilies []v1.IPFamily          `json:"ipFamilies"`
	NodeName   string                 `json:"nodeName"`
	NodeIPs    map[v1.IPFamily]string `json:"nodeIPs"`
	Interfaces []struct {
		Name      string   `json:"name"`
		Addresses []string `json:"addresses"`
	} `json:"interfaces"`
	DetectLocalMode     string                 `json:"detectLocalMode"`
	ClusterCIDR         map[v1.IPFamily]string `json:"clusterCIDR"`
	BridgeInterface     string                 `json:"bridgeInterface"`
	InterfaceNamePrefix string                 `json:"interfaceNamePrefix"`
	MasqueradeAll       bool                   `json:"masqueradeAll"`
	MasqueradeBit       int                    `json:"masqueradeBit"`
	NodePortAddresses   []string               `json:"nodePortAddresses"`
	LocalhostNodePorts  bool                   `json:"localhostNodePorts"`
	ConntrackTCPLiberal bool                   `json:"conntrackTCPLiberal"`
	NfacctCounters      bool                   `json:"nfacctCounters"`
	RandomFully         bool                   `json:"randomFully"`
	ServiceCIDRs        []string               `json:"serviceCIDRs"`
	IPVSScheduler       string                 `json:"ipvsScheduler"`
	IPVSExcludeCIDRs    []string               `json:"ipvsExcludeCIDRs"`
	IPVSStrictARP       bool                   `json:"ipvsStrictARP"`
}

// Objects is what one cluster.yaml holds.
type Objects struct {
	Nodes    []*v1.Node
	Services []*v1.Service
	Slices   []*discovery.EndpointSlice
}

// Case is one folder.
type Case struct {
	Name     string
	Settings Settings
	// States are cluster.yaml, and what the cluster became before each later sync: after-1.yaml, after-2.yaml.
	States []Objects
	out    string
}

// All runs the test once for every folder of $CASES and every family of it. What it records goes to $OUT.
func All(t *testing.T, record func(t *testing.T, c *Case, family v1.IPFamily)) {
	cases, out := os.Getenv("CASES"), os.Getenv("OUT")
	if cases == "" || out == "" {
		t.Skip("CASES and OUT name the folders to read and to write")
	}
	entries, err := os.ReadDir(cases)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if !entry.IsDir() {
			continue
		}
		c, err := read(filepath.Join(cases, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		c.out = filepath.Join(out, entry.Name())
		if err := os.MkdirAll(c.out, 0o755); err != nil {
			t.Fatal(err)
		}
		for _, family := range c.Settings.IPFamilies {
			record(t, c, family)
		}
	}
}

func read(folder string) (*Case, error) {
	c := &Case{Name: filepath.Base(folder)}
	text, err := os.ReadFile(filepath.Join(folder, "config.json"))
	if err == nil {
		err = json.Unmarshal(text, &c.Settings)
	}
	for number := 0; err == nil; number++ {
		path := filepath.Join(folder, "cluster.yaml")
		if number > 0 {
			path = filepath.Join(folder, fmt.Sprintf("after-%d.yaml", number))
			if _, missing := os.Stat(path); missing != nil {
				break
			}
		}
		var objects Objects
		err = readObjects(path, &objects)
		c.States = append(c.States, objects)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", folder, err)
	}
	return c, nil
}

func readObjects(path string, objects *Objects) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var list struct {
		Items []json.RawMessage `json:"items"`
	}
	if err := yaml.Unmarshal(text, &list); err != nil {
		return err
	}
	for _, item := range list.Items {
		var kind struct {
			Kind string `json:"kind"`
		}
		if err := json.Unmarshal(item, &kind); err != nil {
			return err
		}
		switch kind.Kind {
		case "Node":
			objects.Nodes, err = appended(objects.Nodes, item)
		case "Service":
			objects.Services, err = appended(objects.Services, item)
		case "EndpointSlice":
			objects.Slices, err = appended(objects.Slices, item)
		default:
			err = fmt.Errorf("unexpected kind %q", kind.Kind)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func appended[T any](objects []*T, item json.RawMessage) ([]*T, error) {
	object := new(T)
	err := json.Unmarshal(item, object)
	return append(objects, object), err
}

// Play tells the handlers of every state after the one before, and calls sync for each, with the prefix of its
// recordings. A proxier that is not initialized does not sync by itself.
func (c *Case) Play(events Events, topology func(labels map[string]string), initialized func(bool), sync func(prefix string)) {
	var before Objects
	var labels map[string]string
	for number := range c.States {
		state := &c.States[number]
		initialized(false)
		Tell(events, &before, state)
		// Its own Node that is gone changes nothing (NodeTopologyConfig).
		if now, known := c.topologyLabels(state); number == 0 || known && now[v1.LabelTopologyZone] != labels[v1.LabelTopologyZone] {
			labels = now
			topology(labels)
		}
		initialized(true)
		prefix := ""
		if number > 0 {
			prefix = fmt.Sprintf("after-%d.", number)
		}
		sync(prefix)
		before = *state
	}
}

// Pause is what lies between two syncs.
const Pause = 2 * time.Second

// Write keeps a recording under the name that the cases have it by.
func (c *Case) Write(t *testing.T, family v1.IPFamily, kind, text string) {
	infix := ""
	if family == v1.IPv6Protocol {
		infix = ".v6"
	}
	if err := os.WriteFile(filepath.Join(c.out, "expected"+infix+"."+kind), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// WriteJSON is Write in the layout of Python's json.dumps(indent=1), which the other recordings have.
func (c *Case) WriteJSON(t *testing.T, family v1.IPFamily, kind string, value any) {
	text, err := json.MarshalIndent(value, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	c.Write(t, family, kind, string(text)+"\n")
}

// topologyLabels are those that kube-proxy keeps of its own Node.
func (c *Case) topologyLabels(objects *Objects) (labels map[string]string, known bool) {
	labels = map[string]string{}
	for _, node := range objects.Nodes {
		if node.Name != c.Settings.NodeName {
			continue
		}
		known = true
		if zone, ok := node.Labels[v1.LabelTopologyZone]; ok {
			labels[v1.LabelTopologyZone] = zone
		}
	}
	return labels, known
}

// NodeIP is a loopback address where the node has none of the family, as detectNodeIPs has it.
func (c *Case) NodeIP(family v1.IPFamily) net.IP {
	if text, ok := c.Settings.NodeIPs[family]; ok {
		return net.ParseIP(text)
	}
	if family == v1.IPv6Protocol {
		return net.IPv6loopback
	}
	return net.IPv4(127, 0, 0, 1)
}

// Detector follows getLocalDetectors of cmd/kube-proxy.
func (c *Case) Detector(family v1.IPFamily) proxyutil.LocalTrafficDetector {
	switch c.Settings.DetectLocalMode {
	case "ClusterCIDR":
		if cidr, ok := c.Settings.ClusterCIDR[family]; ok {
			return proxyutil.NewDetectLocalByCIDR(cidr)
		}
	case "BridgeInterface":
		return proxyutil.NewDetectLocalByBridgeInterface(c.Settings.BridgeInterface)
	case "InterfaceNamePrefix":
		return proxyutil.NewDetectLocalByInterfaceNamePrefix(c.Settings.InterfaceNamePrefix)
	}
	return proxyutil.NewNoOpLocalDetector()
}

// NodePortAddresses are those of the configuration after `primary` was replaced, as newProxyServer of cmd/kube-proxy
// does; what an empty list means is the mode's.
func (c *Case) NodePortAddresses(family v1.IPFamily, unset []string) *proxyutil.NodePortAddresses {
	configured := c.Settings.NodePortAddresses
	if len(configured) == 0 {
		configured = unset
	}
	if len(configured) == 1 && configured[0] == "primary" {
		configured = nil
		for _, ip := range []string{c.Settings.NodeIPs[v1.IPv4Protocol], c.Settings.NodeIPs[v1.IPv6Protocol]} {
			if parsed := net.ParseIP(ip); parsed != nil && !parsed.IsLoopback() {
				bits := "/32"
				if strings.Contains(ip, ":") {
					bits = "/128"
				}
				configured = append(configured, parsed.String()+bits)
			}
		}
	}
	return proxyutil.NewNodePortAddresses(family, configured)
}

// InterfaceAddrs makes a case a proxyutil.NetworkInterfacer.
func (c *Case) InterfaceAddrs() ([]net.Addr, error) {
	var addresses []net.Addr
	for _, device := range c.Settings.Interfaces {
		for _, text := range device.Addresses {
			ip, network, err := net.ParseCIDR(text)
			if err != nil {
				return nil, err
			}
			addresses = append(addresses, &net.IPNet{IP: ip, Mask: network.Mask})
		}
	}
	return addresses, nil
}

// ServiceCIDRs is what OnServiceCIDRsChanged is told.
func (c *Case) ServiceCIDRs() []string {
	return append([]string(nil), c.Settings.ServiceCIDRs...)
}

// Events are the handlers that informers call.
type Events interface {
	OnServiceAdd(service *v1.Service)
	OnServiceUpdate(old, service *v1.Service)
	OnServiceDelete(service *v1.Service)
	OnEndpointSliceAdd(slice *discovery.EndpointSlice)
	OnEndpointSliceUpdate(old, slice *discovery.EndpointSlice)
	OnEndpointSliceDelete(slice *discovery.EndpointSlice)
}

// Tell calls the handlers for all that differs between two states.
func Tell(events Events, before, after *Objects) {
	tell(before.Services, after.Services, events.OnServiceAdd, events.OnServiceUpdate, events.OnServiceDelete)
	tell(before.Slices, after.Slices, events.OnEndpointSliceAdd, events.OnEndpointSliceUpdate, events.OnEndpointSliceDelete)
}

type named interface {
	GetNamespace() string
	GetName() string
}

func tell[T named](before, after []T, add func(T), update func(T, T), remove func(T)) {
	key := func(object T) string { return object.GetNamespace() + "/" + object.GetName() }
	old := map[string]T{}
	for _, object := range before {
		old[key(object)] = object
	}
	for _, object := range after {
		if previous, ok := old[key(object)]; ok {
			update(previous, object)
		} else {
			add(object)
		}
		delete(old, key(object))
	}
	names := make([]string, 0, len(old))
	for name := range old {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		remove(old[name])
	}
}
