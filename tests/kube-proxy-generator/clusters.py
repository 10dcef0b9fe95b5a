#!/usr/bin/env python3
"""Random clusters as folders of cluster.yaml and config.json: clusters.py OUT COUNT [SEED] [--later N].

Every field that kube-proxy looks at takes every kind of value that the API server lets through, with the API's defaults
filled in as kubectl prints them. --later N adds after-1.yaml to after-N.yaml, the cluster after a few changes each. --services M has at most M Services.
--contested lets Services contend for addresses. Then the order of Go's maps decides, differently in every run.
"""
import argparse
import copy
import json
import os
import random

ZONES = ["zone-a", "zone-b", "zone-c"]
PROTOCOLS = ["TCP", "TCP", "TCP", "UDP", "SCTP"]
SERVICE_RANGES = {"IPv4": "10.96.0.0/16", "IPv6": "fd00:10:96::/112"}
NODE_RANGE = {"IPv4": "192.168.0.{}", "IPv6": "2001:db8:0:1::{:x}"}


class Die(random.Random):
    """Every choice of one cluster."""

    def often(self, chance):
        return self.random() < chance

    def some(self, things, most):
        things = list(things)
        return self.sample(things, self.randint(0, min(most, len(things))))

    def weighted(self, **weights):
        return self.choices(list(weights), list(weights.values()))[0]


class Cluster:
    def __init__(self, seed, most_services=12, contested=False):
        self.die = Die(seed)
        self.serial = {"IPv4": 40, "IPv6": 40}
        self.node_ports = set()
        self.pods, self.slice_number = 1, 0
        self.nodes = [f"node{i + 1}" for i in range(self.die.randint(1, 5))]
        if self.die.often(0.1):
            self.nodes[-1] = "ip-10-0-" + "-".join(str(self.die.randint(0, 255)) for _ in range(6)) + ".eu.compute.internal"
        self.own = self.die.choice(self.nodes)
        self.zone = {node: None if self.die.often(0.15) else self.die.choice(ZONES) for node in self.nodes}
        self.families = self.die.choice([["IPv4"], ["IPv4"], ["IPv6"], ["IPv4", "IPv6"], ["IPv6", "IPv4"], ["IPv4", "IPv6"]])
        self.contested, self.taken = contested, set()
        self.public = {"IPv4": [f"198.51.100.{i}" for i in range(20, 250)], "IPv6": [f"2001:db8:ffff::{i:x}" for i in range(20, 250)]}
        self.names = set()
        self.services, self.slices = [], []
        busy = self.die.often(0.015)
        for _ in range(self.die.randint(1, most_services)):
            self.add_service(busy)
        if self.die.often(0.3):
            self.slices.append(self.stray_slice())

    def address_of(self, node, family):
        return NODE_RANGE[family].format(self.nodes.index(node) + 2)

    def node_objects(self):
        nodes = [self.node_object(node) for node in self.nodes]
        if self.die.often(0.05):
            nodes = [node for node in nodes if node["metadata"]["name"] != self.own]
        self.die.shuffle(nodes)
        return nodes

    def node_object(self, node):
        labels = {"kubernetes.io/hostname": node}
        if self.zone[node]:
            labels["topology.kubernetes.io/zone"] = self.zone[node]
        addresses = [{"type": "InternalIP", "address": self.address_of(node, family)} for family in self.families]
        return {"apiVersion": "v1", "kind": "Node", "metadata": {"name": node, "labels": labels},
                "status": {"addresses": addresses + [{"type": "Hostname", "address": node}]}}

    def fresh_name(self):
        die = self.die
        while True:
            namespace = die.choice(["default", "shop", "kube-system", "prod", "a"])
            name = die.choice(["web", "api", "db", "cart", "user", "x"]) + die.choice(["", "", "-v2", "-internal", "9"])
            if die.often(0.08):
                name = (name + "-" + "long" * 20)[: die.choice([40, 62, 63])].rstrip("-")
            # nft has no comments of more than 128 characters, and these name namespace, Service and port.
            if die.often(0.05):
                namespace, name = ("team-" + "space" * 20)[: die.choice([30, 63])], name[:20]
            if (namespace, name) not in self.names:
                self.names.add((namespace, name))
                return namespace, name

    def cluster_ip(self, family):
        self.serial[family] += 1
        return f"10.96.{self.die.choice([0, 0, 7])}.{self.serial[family]}" if family == "IPv4" else f"fd00:10:96::{self.serial[family]:x}"

    def node_port(self, protocol):
        while True:
            port = self.die.randint(30000, 32767)
            if (protocol, port) not in self.node_ports:
                self.node_ports.add((protocol, port))
                return port

    def port_names(self, count):
        if count == 1 and self.die.often(0.4):
            return [""]
        names = ["http", "https", "dns", "dns-tcp", "grpc", "p-1", "metrics", "q" * 15, "long-" + "n" * 30 + "-port"]
        return self.die.sample(names[:8] if self.die.often(0.9) else names, count)

    def service_ports(self, kind, headless, allocate):
        die, ports, taken = self.die, [], set()
        for name in self.port_names(die.choice([1, 1, 1, 2, 2, 3, 5])):
            protocol = die.choice(PROTOCOLS)
            number = die.choice([80, 443, 53, 8080, 5432, die.randint(1, 65535)])
            if (protocol, number) in taken:
                continue
            taken.add((protocol, number))
            port = {"name": name} if name else {}
            if die.often(0.05):
                port["appProtocol"] = "kubernetes.io/h2c"
            port |= {"protocol": protocol, "port": number, "targetPort": die.choice([number, 8080, 9000, name[:15] or "web"])}
            if kind in ("NodePort", "LoadBalancer") and not headless and (allocate or kind == "NodePort" or die.often(0.3)):
                port["nodePort"] = self.node_port(protocol)
            ports.append(port)
        return ports

    def public_address(self, family):
        if self.contested:
            return self.die.choice(self.public[family][:4])
        return self.public[family].pop(self.die.randrange(20))

    def contested_or_first(self, address):
        first = address not in self.taken
        self.taken.add(address)
        return first or self.contested

    def external_ips(self):
        die, found = self.die, []
        for _ in range(die.choice([1, 1, 2, 3])):
            family = die.choice(["IPv4", "IPv4", "IPv6"])
            node_address = self.address_of(die.choice(self.nodes), family)
            if die.often(0.15) and self.contested_or_first(node_address):
                found.append(node_address)
            else:
                address = self.public_address(family)
                found.append(address.replace("2001:db8", "2001:0DB8") if die.often(0.1) else address)
        return list(dict.fromkeys(found))

    def source_ranges(self):
        die = self.die
        v4 = ["203.0.113.0/24", "203.0.113.128/25", "198.51.100.7/32", "10.0.0.0/8", "192.168.0.0/24", "192.168.0.9/16",
              " 172.16.0.0/12", "100.64.0.0/10 ", "0.0.0.0/1"]
        v6 = ["2001:db8:1::/48", "2001:db8:0:1::/64", "2001:DB8:0::5/128", "fd00::/8"]
        zero = ["0.0.0.0/0", "::/0", "1.2.3.4/0"]
        ranges = die.some(v4, 3) + die.some(v6, 2) + (die.some(zero, 1) if die.often(0.3) else [])
        if die.often(0.05):
            ranges.append("010.001.0.0/16")
        if die.often(0.03):
            ranges.append("::ffff:10.20.0.0/112")
        die.shuffle(ranges)
        return ranges

    def ingress(self):
        die, found = self.die, []
        for _ in range(die.choice([0, 1, 1, 1, 2, 3])):
            if die.often(0.1):
                found.append({"hostname": "lb.example.com"})
                continue
            family = die.choice(self.families + ["IPv4"])
            entry = {"ip": self.public_address(family)}
            if die.often(0.05) and self.contested:
                entry["ip"] = self.address_of(die.choice(self.nodes), family)
            if die.often(0.1):
                entry["hostname"] = "lb.example.com"
            if die.often(0.8):
                entry["ipMode"] = die.choice(["VIP", "VIP", "VIP", "Proxy"])
            found.append(entry)
        return list({json.dumps(entry): entry for entry in found}.values())

    def add_service(self, busy):
        service = self.service()
        self.services.append(service)
        self.add_slices(service, busy)

    def service(self, kind=None, name=None):
        die = self.die
        namespace, name = name or self.fresh_name()
        kind = kind or die.weighted(ClusterIP=4, NodePort=3, LoadBalancer=5, Headless=0.7, ExternalName=0.4)
        metadata = {"name": name, "namespace": namespace}
        if die.often(0.1):
            metadata["annotations"] = die.choice([{"service.kubernetes.io/topology-mode": "Auto"}, {"service.kubernetes.io/topology-aware-hints": "auto"},
                                                  {"service.beta.kubernetes.io/load-balancer-source-ranges": "10.1.0.0/16"}])
        if die.often(0.03):
            metadata["labels"] = {"service.kubernetes.io/service-proxy-name": "other"}
        service = {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": {}, "status": {"loadBalancer": {}}}
        spec = service["spec"]
        if kind == "ExternalName":
            spec |= {"type": "ExternalName", "externalName": "example.com", "sessionAffinity": "None"}
            if die.often(0.3):
                spec["ports"] = self.service_ports("ClusterIP", True, False)
            return service
        headless, kind = kind == "Headless", "ClusterIP" if kind == "Headless" else kind
        spec["type"] = kind
        self.put_addresses(spec, headless)
        self.put_policies(service, kind, headless)
        return service

    def put_addresses(self, spec, headless):
        die = self.die
        if len(self.families) == 2:
            families = die.choice([["IPv4"], ["IPv6"], ["IPv4", "IPv6"], ["IPv6", "IPv4"], ["IPv4", "IPv6"]])
        else:
            families = self.families if die.often(0.9) else [die.choice(["IPv4", "IPv6"])]
        spec["clusterIPs"] = ["None"] if headless else [self.cluster_ip(family) for family in families]
        spec["clusterIP"] = spec["clusterIPs"][0]
        spec["ipFamilies"] = families
        spec["ipFamilyPolicy"] = die.choice(["PreferDualStack", "RequireDualStack"]) if len(families) == 2 else "SingleStack"

    def put_policies(self, service, kind, headless):
        die, spec = self.die, service["spec"]
        spec["internalTrafficPolicy"] = die.choice(["Cluster", "Cluster", "Cluster", "Local"])
        if die.often(0.9):
            spec["selector"] = {"app": service["metadata"]["name"]}
        if not headless and die.often(0.25):
            spec["externalIPs"] = self.external_ips()
        if kind != "ClusterIP" or "externalIPs" in spec:
            spec["externalTrafficPolicy"] = die.choice(["Cluster", "Local"])
        allocate = True
        if kind == "LoadBalancer":
            allocate = die.often(0.8)
            spec["allocateLoadBalancerNodePorts"] = allocate
            ingress = self.ingress()
            if ingress:
                service["status"]["loadBalancer"]["ingress"] = ingress
            if die.often(0.4):
                spec["loadBalancerSourceRanges"] = self.source_ranges()
                if not spec["loadBalancerSourceRanges"]:
                    del spec["loadBalancerSourceRanges"]
            if spec["externalTrafficPolicy"] == "Local":
                spec["healthCheckNodePort"] = self.node_port("TCP")
        spec["sessionAffinity"] = "None"
        if die.often(0.25):
            spec["sessionAffinity"] = "ClientIP"
            spec["sessionAffinityConfig"] = {"clientIP": {"timeoutSeconds": die.choice([1, 60, 10800, 86400, die.randint(1, 86400)])}}
        if die.often(0.1):
            spec["publishNotReadyAddresses"] = True
        if die.often(0.1):
            spec["trafficDistribution"] = die.choice(["PreferClose", "PreferSameZone", "PreferSameNode"])
        ports = self.service_ports(kind, headless, allocate)
        if ports and not (headless and die.often(0.2)):
            spec["ports"] = ports

    def slice_ports(self, service):
        die, ports = self.die, []
        for port in service["spec"].get("ports", []):
            if die.often(0.06):
                continue
            number = port["targetPort"] if isinstance(port["targetPort"], int) else die.choice([8080, 9000])
            entry = {"name": port.get("name", ""), "protocol": port["protocol"], "port": number}
            if die.often(0.1):
                entry["port"] = die.randint(1, 65535)
            if die.often(0.02):
                del entry["port"]
            if die.often(0.02):
                entry["protocol"] = die.choice(PROTOCOLS)
            if die.often(0.03):
                entry["appProtocol"] = "http"
            ports.append(entry)
        if die.often(0.05):
            ports.append({"name": "other", "protocol": "TCP", "port": 99})
        die.shuffle(ports)
        return ports

    def conditions(self, mood):
        die = self.die
        if mood == "well":
            return {"ready": True, "serving": True, "terminating": False}
        if mood == "leaving":
            return {"ready": False, "serving": die.often(0.8), "terminating": True}
        if mood == "absent":
            return {key: die.often(0.5) for key in die.some(["ready", "serving", "terminating"], 3)}
        ready = die.often(0.5)
        return {"ready": ready, "serving": ready or die.often(0.4), "terminating": not ready and die.often(0.5)}

    def pod_address(self, family, node):
        self.pods += self.die.choice([1, 1, 1, 7])
        number = self.nodes.index(node) + 1 if node in self.nodes else 9
        if family == "IPv4" and self.pods < 255:
            return f"10.244.{number}.{self.pods}"
        if family == "IPv4":
            return f"10.{10 + number}.{self.pods >> 8}.{self.pods & 255}"
        return f"fd00:10:244:{number}::{self.pods:x}"

    def endpoint(self, family, mood, hints):
        die = self.die
        node = self.own if die.often(0.35) else die.choice(self.nodes)
        address = self.pod_address(family, node)
        if die.often(0.03) and self.contested_or_first(self.address_of(node, family)):
            address = self.address_of(node, family)
        elif die.often(0.03) and family == "IPv6":
            address = address.upper().replace("::", ":0::")
        endpoint = {"addresses": [address], "conditions": self.conditions(mood if die.often(0.8) else die.choice(["well", "mixed", "absent"]))}
        if die.often(0.9):
            endpoint["nodeName"] = node
        if self.zone[node] and die.often(0.9):
            endpoint["zone"] = self.zone[node]
        if die.often(0.1):
            endpoint["hostname"] = f"pod-{self.pods}"
        found = {}
        if hints in ("zones", "both") and die.often(0.96):
            found["forZones"] = [{"name": zone} for zone in die.sample(ZONES, die.choice([1, 1, 2]))]
        if hints in ("nodes", "both") and die.often(0.96):
            found["forNodes"] = [{"name": name} for name in die.sample(self.nodes, die.choice([1, 1, min(2, len(self.nodes))]))]
        if found:
            endpoint["hints"] = found
        return endpoint

    def slice(self, service, family, busy=False):
        die, metadata = self.die, service["metadata"]
        mood = die.weighted(well=5, leaving=1.2, mixed=2, absent=1)
        hints = die.weighted(no=5, zones=1.5, nodes=1, both=0.8)
        count = die.choice([0, 1, 1, 2, 3, 4, 9]) if not busy else die.choice([3, 130, 250])
        labels = {"kubernetes.io/service-name": metadata["name"], "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io"}
        if service["spec"].get("clusterIP") == "None":
            labels["service.kubernetes.io/headless"] = ""
        self.slice_number += 1
        endpoints = [self.endpoint(family, mood, hints) for _ in range(count)]
        return {"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice",
                "metadata": {"name": f"{metadata['name'][:50]}-{self.slice_number:05}", "namespace": metadata["namespace"], "labels": labels},
                "addressType": family, "endpoints": endpoints, "ports": self.slice_ports(service)}

    def add_slices(self, service, busy=False):
        die = self.die
        families = service["spec"].get("ipFamilies", ["IPv4"])
        for family in families:
            for _ in range(die.choice([0, 1, 1, 1, 1, 2, 3])):
                self.slices.append(self.slice(service, family, busy))
        if die.often(0.04):
            self.slices.append(self.slice(service, die.choice(["IPv4", "IPv6"])))
        mine = [s for s in self.slices if s["endpoints"] and s["metadata"]["namespace"] == service["metadata"]["namespace"]
                and s["metadata"]["labels"].get("kubernetes.io/service-name") == service["metadata"]["name"]]
        if mine and die.often(0.12):
            self.duplicate(die.choice(mine), die.choice(mine))

    def duplicate(self, one, other):
        """The same address twice, as while an endpoint moves or its address is given to a new pod."""
        if one["addressType"] != other["addressType"]:
            return
        copied = copy.deepcopy(self.die.choice(one["endpoints"]))
        # Of several slices with the address Go's maps choose one, but a terminating endpoint never counts beside others.
        if one is not other or self.die.often(0.5):
            copied["conditions"] = {"ready": False, "serving": True, "terminating": True}
        other["endpoints"].insert(self.die.randint(0, len(other["endpoints"])), copied)

    def stray_slice(self):
        die = self.die
        service = die.choice(self.services)
        stray = self.slice(service, die.choice(["IPv4", "IPv6"]))
        kind = die.choice(["nobody", "unlabelled", "fqdn", "elsewhere", "empty"])
        labels = stray["metadata"]["labels"]
        if kind == "nobody":
            labels["kubernetes.io/service-name"] = "nobody"
        elif kind == "unlabelled":
            del labels["kubernetes.io/service-name"]
        elif kind == "fqdn":
            stray["addressType"] = "FQDN"
            stray["endpoints"] = [{"addresses": ["pod.example.com"], "conditions": {"ready": True}}]
        elif kind == "elsewhere":
            stray["metadata"]["namespace"] = "elsewhere"
        else:
            labels["kubernetes.io/service-name"] = ""
        return stray

    def objects(self, nodes):
        others = self.services + self.slices
        self.die.shuffle(others)
        return nodes + others

    def config(self):
        die = self.die
        addresses = lambda *pairs: [address for family, address in pairs if family in self.families or die.often(0.5)]
        interfaces = [
            {"name": "lo", "addresses": ["127.0.0.1/8", "::1/128"]},
            {"name": "eth0", "addresses": addresses(("IPv4", self.address_of(self.own, "IPv4") + "/24"), ("IPv6", self.address_of(self.own, "IPv6") + "/64"))},
        ]
        if die.often(0.4):
            interfaces.append({"name": "eth1", "addresses": addresses(("IPv4", "10.50.0.2/24"), ("IPv4", "10.50.0.3/24"), ("IPv6", "fe80::1/64"), ("IPv6", "2001:db8:50::2/64"))})
        if die.often(0.15):
            interfaces.append({"name": "dummy0", "addresses": ["198.51.100.21/32", "2001:db8:ffff::15/128"]})
        if die.often(0.1):
            interfaces.append({"name": "cbr0", "addresses": ["10.244.1.1/24"]})
        cluster_cidr = {"IPv4": die.choice(["10.244.0.0/16", "10.0.0.0/8"]), "IPv6": "fd00:10:244::/56"}
        if die.often(0.1):
            del cluster_cidr[die.choice(["IPv4", "IPv6"])]
        return {
            "ipFamilies": self.families,
            "nodeName": self.own,
            "nodeIPs": {family: self.address_of(self.own, family) for family in self.families},
            "interfaces": interfaces,
            "detectLocalMode": die.choice(["ClusterCIDR", "ClusterCIDR", "BridgeInterface", "InterfaceNamePrefix", "None"]),
            "clusterCIDR": cluster_cidr,
            "bridgeInterface": die.choice(["cbr0", "cni0"]),
            "interfaceNamePrefix": die.choice(["cali", "veth"]),
            "masqueradeAll": die.often(0.2),
            "masqueradeBit": die.choice([14, 14, 14, 15, 0, 31, die.randint(0, 31)]),
            "nodePortAddresses": self.node_port_addresses(),
            "localhostNodePorts": die.often(0.7),
            "conntrackTCPLiberal": die.often(0.3),
            "nfacctCounters": die.often(0.3),
            "randomFully": die.often(0.7),
            "serviceCIDRs": die.choice([list(SERVICE_RANGES.values()), list(SERVICE_RANGES.values()), [], ["10.96.0.0/16"], ["fd00:10:96::/112", "10.112.0.0/12", "10.96.0.0/16"]]),
            "ipvsScheduler": die.choice(["", "rr", "wrr", "lc", "wlc", "sh", "dh", "mh", "sed", "nq", "lblc", "lblcr"]),
            "ipvsExcludeCIDRs": die.choice([[], [], ["10.96.0.0/24"], ["fd00:10:96::/112", "198.51.100.0/24"]]),
            "ipvsStrictARP": die.often(0.3),
        }

    def node_port_addresses(self):
        die = self.die
        return die.choice([[], [], [], ["primary"], ["primary"], ["192.168.0.0/24"], ["127.0.0.0/8"], ["127.0.0.1/32", "192.168.0.0/24"], ["0.0.0.0/0"], ["::/0"],
                           ["10.50.0.0/24", "192.168.0.0/16", "2001:db8::/32"], ["2001:db8:0:1::/64"], ["172.30.0.0/16"], ["10.50.0.0/23", "0.0.0.0/0"],
                           ["10.50.0.2/24"], ["::1/128", "127.0.0.0/8"]])

    def change(self):
        """A few changes as users and controllers make them."""
        for _ in range(self.die.choice([1, 1, 1, 2, 3])):
            kind = self.die.weighted(service=1, gone=1, edit=2, tweak=4, slice=2, retouch=2, slice_gone=1, condition=3, zone=0.3, node=0.1, nothing=0.3)
            if kind == "service":
                self.add_service(False)
            elif kind == "gone" and self.services:
                self.remove(self.die.choice(self.services))
            elif kind == "edit" and self.services:
                self.edit(self.die.randrange(len(self.services)))
            elif kind == "tweak" and self.services:
                self.tweak(self.die.choice(self.services))
            elif kind == "retouch" and self.slices:
                self.retouch(self.die.choice(self.slices))
            elif kind == "slice" and self.services:
                service = self.die.choice(self.services)
                self.slices.append(self.slice(service, self.die.choice(service["spec"].get("ipFamilies", ["IPv4"]))))
            elif kind == "slice_gone" and self.slices:
                self.slices.remove(self.die.choice(self.slices))
            elif kind == "condition" and self.slices:
                self.touch(self.die.choice(self.slices))
            elif kind == "zone":
                self.zone[self.own] = self.die.choice([None] + ZONES)

    def remove(self, service):
        self.services.remove(service)
        if self.die.often(0.7):
            key = (service["metadata"]["namespace"], service["metadata"]["name"])
            self.slices = [s for s in self.slices if (s["metadata"]["namespace"], s["metadata"]["labels"].get("kubernetes.io/service-name")) != key]

    def edit(self, index):
        """Another Service under the same name, which keeps some of its fields."""
        old = self.services[index]
        new = self.service(name=(old["metadata"]["namespace"], old["metadata"]["name"]))
        kept = ("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy")
        if old["spec"].get("clusterIP", "None") != "None" and new["spec"].get("clusterIP", "None") != "None" and self.die.often(0.9):
            new["spec"] |= {key: old["spec"][key] for key in kept}
            if self.die.often(0.7) and "ports" in old["spec"] and (old["spec"]["type"] == "ClusterIP") == (new["spec"]["type"] == "ClusterIP"):
                new["spec"]["ports"] = copy.deepcopy(old["spec"]["ports"])
        if new["spec"]["type"] == "NodePort" or new["spec"].get("allocateLoadBalancerNodePorts"):
            for port in new["spec"].get("ports", []):
                port.setdefault("nodePort", self.node_port(port["protocol"]))
        self.services[index] = new

    def tweak(self, service):
        """One field of a Service, as the next Service that comes along has it."""
        die, spec = self.die, service["spec"]
        if spec["type"] == "ExternalName":
            return
        other = self.service(spec["type"], (service["metadata"]["namespace"], service["metadata"]["name"]))
        kind = die.choice(["metadata", "status", "affinity", "ports", "policies", "ranges", "externalIPs", "selector"])
        if kind == "metadata":
            service["metadata"] = other["metadata"]
        elif kind == "status":
            service["status"] = other["status"]
        elif kind == "affinity":
            spec.pop("sessionAffinityConfig", None)
            spec |= {key: other["spec"][key] for key in ("sessionAffinity", "sessionAffinityConfig") if key in other["spec"]}
        elif kind == "ports" and "ports" in spec:
            die.shuffle(spec["ports"])
            port = die.choice(spec["ports"])
            port |= die.choice([{"targetPort": 7777}, {"appProtocol": "http"}, {"port": die.randint(10000, 20000)}, {}])
        elif kind == "policies":
            spec["internalTrafficPolicy"] = other["spec"]["internalTrafficPolicy"]
        elif kind == "ranges" and spec["type"] == "LoadBalancer":
            spec.pop("loadBalancerSourceRanges", None)
            ranges = die.choice([self.source_ranges(), [], ["0.0.0.0/0", "::/0"]])
            spec |= {"loadBalancerSourceRanges": ranges} if ranges else {}
        elif kind == "externalIPs" and "externalIPs" in spec:
            spec["externalIPs"] = self.external_ips()
        elif kind == "selector":
            spec["selector"] = {"app": "other"}

    def retouch(self, touched):
        """One thing about a slice that hardly anybody changes."""
        die, endpoints = self.die, touched["endpoints"]
        kind = die.choice(["order", "hints", "node", "ports", "label", "twice", "app", "zone"])
        if kind == "order":
            die.shuffle(endpoints)
            die.shuffle(touched["ports"])
        elif kind == "hints":
            for endpoint in endpoints:
                endpoint.pop("hints", None)
        elif kind == "node" and endpoints:
            die.choice(endpoints)["nodeName"] = die.choice(self.nodes)
        elif kind == "ports" and touched["ports"]:
            die.choice(touched["ports"])["port"] = die.randint(1, 65535)
        elif kind == "label" and self.services:
            there = [s["metadata"]["name"] for s in self.services if s["metadata"]["namespace"] == touched["metadata"]["namespace"]]
            touched["metadata"]["labels"]["kubernetes.io/service-name"] = die.choice(there + ["nobody"])
        elif kind == "twice" and len(endpoints) > 1 and touched["addressType"] != "FQDN":
            endpoints[0]["addresses"] = list(endpoints[1]["addresses"])
            endpoints[0]["conditions"] = {"ready": False, "serving": True, "terminating": True}
        elif kind == "zone" and endpoints:
            die.choice(endpoints)["zone"] = die.choice(ZONES)

    def touch(self, touched):
        die = self.die
        if touched["addressType"] == "FQDN":
            return
        if touched["endpoints"] and die.often(0.6):
            endpoint = die.choice(touched["endpoints"])
            endpoint["conditions"] = self.conditions(die.choice(["well", "leaving", "mixed", "absent"]))
        elif touched["endpoints"] and die.often(0.5):
            touched["endpoints"].remove(die.choice(touched["endpoints"]))
        else:
            touched["endpoints"].append(self.endpoint(touched["addressType"], "well", "no"))


def write(folder, name, objects):
    # JSON is YAML, and both sides read it.
    with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
        file.write(text_of({"apiVersion": "v1", "kind": "List", "items": objects}))


def scalar(value):
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    plain = value and all(c.isalnum() or c in "-./" for c in value) and value[0].isalpha() and value not in ("null", "true", "false", "yes", "no", "on", "off", "y", "n")
    return value if plain or (value and value[0].isdigit() and value.count(".") == 3 and all(c.isdigit() or c in "./" for c in value)) else json.dumps(value)


def text_of(value, indent=0):
    """YAML in the layout that kubectl prints."""
    pad, lines = " " * indent, []
    if isinstance(value, dict):
        for key, inner in value.items():
            lines.append(f"{pad}{key}:" + nested(inner, indent + (0 if isinstance(inner, list) else 2)))
    else:
        for inner in value:
            text = text_of(inner, indent + 2) if isinstance(inner, (dict, list)) and inner else f"{pad}  {inline(inner)}\n"
            lines.append((pad + "- " + text[indent + 2:]).rstrip("\n"))
    return "\n".join(line.rstrip("\n") for line in lines) + "\n"


def inline(value):
    return json.dumps(value) if isinstance(value, (dict, list)) else scalar(value)


def nested(value, indent):
    if isinstance(value, (dict, list)) and value:
        return "\n" + text_of(value, indent)
    return " " + inline(value)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out")
    parser.add_argument("count", type=int)
    parser.add_argument("seed", type=int, nargs="?", default=0)
    parser.add_argument("--later", type=int, default=0)
    parser.add_argument("--services", type=int, default=12)
    parser.add_argument("--contested", action="store_true")
    arguments = parser.parse_args()
    for seed in range(arguments.seed, arguments.seed + arguments.count):
        cluster = Cluster(seed, arguments.services, arguments.contested)
        folder = os.path.join(arguments.out, f"random-{seed:06}")
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, "config.json"), "w", encoding="utf-8") as file:
            json.dump(cluster.config(), file, indent=1)
            file.write("\n")
        write(folder, "cluster.yaml", cluster.objects(cluster.node_objects()))
        for number in range(1, arguments.later + 1):
            cluster.services, cluster.slices = copy.deepcopy(cluster.services), copy.deepcopy(cluster.slices)
            cluster.change()
            write(folder, f"after-{number}.yaml", cluster.objects(cluster.node_objects()))


if __name__ == "__main__":
    main()
