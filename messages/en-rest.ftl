### What the lab says, in English, when somebody has done more than send a packet (see en.ftl): it need not be there while
### a page is opened.
###
### { $name } is filled in: keep every such name, in whatever order the language wants. What stands in typewriter
### letters on the page (rules, commands, names of objects) is filled in or quoted, and stays as it is.
### A choice such as { $count -> [one] … *[other] … } has the plural forms that the language has.

## Why a line of the listing is there

because-title = Why this line is there
because-because = Because of
because-every = every { $kind }
because-always = kube-proxy writes this in every cluster.
because-settings = Settings of kube-proxy
because-none = Nothing of the cluster stands behind this line.
because-choose = Choose a line to see why it is there.
because-and = and
because-lines = lines
because-all-lines = all its lines
because-text = text
because-in-text = in the text
because-find = Find the lines of a field
because-previous = Previous line of this field
because-next = Next line of this field
because-clear = Mark no field
because-show = Why is a line here?
because-marked = of the marked field
because-line = { $at } of { $lines }
because-count = { $lines ->
    [one] { $lines } line
   *[other] { $lines } lines
  }

## The sheet of keys

keys-title = Keys
keys-close = Close
keys-step = step
keys-back = step back
keys-over = step over the chain, in the selected lane
keys-verdict = run to the verdict, in the selected lane
keys-first = first step
keys-last = last step
keys-play = play or pause
keys-send = send packet
keys-next = next packet of this connection
keys-lanes = select iptables, nftables, IPVS
keys-apart = run the selected lane apart, or back together
keys-why = show or hide why
keys-undo = undo
keys-redo = redo
keys-sheet = this sheet

## What settings and fields have to do with rules

reason-masquerade-bit = the mark that asks for SNAT
reason-masquerade-all = all traffic to cluster IPs gets SNAT
reason-detect-local = how pods are told from what is outside
reason-node-port-addresses = the addresses of the node at which node ports are open
reason-localhost = whether node ports are open at 127.0.0.1
reason-tcp-liberal = whether TCP outside of its window counts as invalid
reason-service-cidrs = the range that cluster IPs come from
reason-scheduler = how a virtual server picks a real server
reason-endpoint = one server behind the Service
reason-slice-ports = the ports on which the servers listen
reason-slice-no-endpoints = none of them takes traffic
reason-slice-no-local = none of them is on this node
reason-port = the port itself: the chain that spreads its traffic
reason-target-port = the port on which the servers listen
reason-no-endpoints = no Pod that it selects takes traffic
reason-cluster-ip = the address inside the cluster
reason-external-ip = addresses that routers bring to the nodes
reason-ingress = the load balancer's addresses, caught on the node itself
reason-source-ranges = who may come by the load balancer
reason-node-port = the port that is open on nodes
reason-health-check = where load balancers ask whether this node has endpoints
reason-external-policy = whether traffic from outside stays on its node
reason-internal-policy = whether traffic from inside stays on its node
reason-affinity = whether a client keeps its server

## The tour
tour-leave = Leave the tour: it goes on from here when you take it up again
tour-back = Back
tour-next = Next
tour-again = From the start
tour-done = Done
tour-place = { $at } of { $all }
tour-send = One packet, three datapaths
tour-send-text = A pod asks a Service. The same packet goes through the same cluster three times: once for each way in which kube-proxy can program a node. Press “Send packet”.
tour-step = Step by step
tour-step-text = Each lane says in one sentence what the node does with the packet, and shows the rule that does it. Press “Step”, or the right arrow key, a few times.
tour-chosen = Who answers?
tour-chosen-text = A Service’s address is nobody’s: a node puts a pod’s in its place. iptables walks rules one by one, nftables looks it up in a map, IPVS asks a scheduler. Press “Backend chosen”.
tour-home = And back
tour-home-text = The answer takes the way back, and the client never learns which pod it was. The bars under each lane count what the node had to do. Press “Last step”.
tour-second = The second packet
tour-second-text = What was decided once is remembered. Press “Next packet” and compare what it costs.
tour-change = Now you
tour-change-text = Scale a Deployment, let a probe fail, add a Service or a node, drain one: you see who tells whom, and what every kube-proxy writes. Or paste your own cluster below. Undo takes back whatever you do.

## Who answers new connections

answers-title = Who answers
answers-note = New connections from the chosen client, in a copy of the lanes as they are now: first every way that chance can take, then a sample of connections, none of which ends.
answers-connections = New connections in each lane
answers-open = Open them
answers-stop = Stop
answers-progress = Connections opened
answers-answered-by = Answered by
answers-chance = Chance
answers-expected = Expected
answers-turns = Nothing is drawn here: the connection goes where the state of the node sends it, as when a scheduler takes turns.
answers-more-ways = There are more ways than were followed, so these chances do not come to a whole.
answers-opening = { $count } of { $all } opened, in all lanes together…
answers-opened = { $count } opened, in all lanes together.
answers-counted = Of { $connections }
answers-more = And { $count } more.
answers-fit = Chi-square { $statistic } at { $degrees ->
    [one] { $degrees } degree
   *[other] { $degrees } degrees
  } of freedom: fair draws are at least this uneven { $percent } times in 100.
answers-chart = Connections that each backend answered
answers-about = { $connections } new connections in each datapath.
answers-fit-short = { $mode }: chi-square { $statistic }, degrees of freedom { $degrees }, p = { $p }.
answers-axis = Connections
answers-expected-mark = expected of fair draws
answers-chi-square = Chi-square adds up, over all backends, (counted − expected)² ÷ expected. Fair draws come to about as much as there are degrees of freedom; only when p, the share of fair draws that are at least this uneven, is very small, does the spread say that something else than chance decides.

## Comparing the datapaths

compare-title = Compare
compare-totals = First packet and following packets
compare-totals-note = Request and answer together, on all nodes.
compare-totals-hint = Send the next packet of this connection: it takes the short way, and both stand here side by side.
compare-totals-finding = What was decided for the first packet is repeated for the others: conntrack, or IPVS’s own connection table, knows the backend. Only what asks every packet is left.
compare-other-node = The bars are not of one way: with { $stayed } the backend is on { $home }, the first node that the packet is on; with { $mode } it is on { $node }. Of what { $mode } counts for its { $packet ->
    [first] first
   *[latest] latest
  } packet, { $rules } rules, { $probes } set or map look-ups, { $connections } conntrack look-ups and ≈ { $time } ns are { $node }’s.
compare-datapath = Datapath
compare-packet = Packet
compare-first = first
compare-next = next
compare-bar = { $first }, then { $last }
compare-mark = bar: first packet, line: packet { $number }
compare-curve = Cost against the number of Services
compare-curve-note = Measured by running the model: clusters of one node and 1 to 2,000 Services are programmed here in your browser, and a request is sent to the Service in the middle.
compare-curve-endpoints = Cost against the number of endpoints
compare-curve-endpoints-note = Measured by running the model: clusters of one node and one Service with 1 to 1,000 endpoints are programmed here in your browser, and a request is sent to the Service. Of the endpoints that chance may choose, the one in the middle stands for all.
compare-growing = Against the number of
compare-measured = Count
compare-which = Packet
compare-first-packet = First packet
compare-following = Following packet
compare-as-table = As a table
compare-services = Services
compare-endpoints = Endpoints
compare-x-axis = Services in the cluster (log scale)
compare-x-axis-endpoints = Endpoints of the Service (log scale)
compare-done = Measured.
compare-failed = The lab’s own tools refused the rules of the synthetic cluster: a defect of the lab.
compare-progress = Measuring: { $done } of { $all }
# $ending is one, two, few or other: st, nd, rd or th.
compare-nth = { $number }{ $ending ->
    [one] st
    [two] nd
    [few] rd
   *[other] th
  }
compare-end = { $mode }: { $count } at { $services } Services
compare-end-endpoints = { $mode }: { $count } at { $endpoints } endpoints
compare-y-axis = { $name } (log scale)

## Measurements of others

published-title = What others have measured
published-note = Round trip of the first packet on real clusters, read off the charts of KEP-3866 and of the Kubernetes blog (28 February 2025). Beside them stands what a first packet meets in the model, in a cluster of the same size.
published-services = Services
published-datapath = Datapath
published-p50 = Median
published-p99 = 99th percentile
published-microseconds = µs, measured
published-time = Model
published-time-unit = µs, estimated
published-model = Rules and look-ups
published-model-unit = counted by the model
published-run = Run the model at 5,000, 10,000 and 30,000 Services
published-running = Running: { $done } of { $all }
published-note-model = The model’s time is what netfilter adds to the request on its node, estimated from its counts. A round trip also has the answer, the network, the server and whatever else the machines did, so that it is longer; what grows with the number of Services should grow in both. Of IPVS’s own work only the look-ups are in the estimate.
published-about = First packet of a connection: round trip on real clusters, from KEP-3866 and the Kubernetes blog (28 February 2025)
published-axis = Round trip of the first packet (µs)
published-group = { $services } Services
published-bar = { $p50 }–{ $p99 }
published-bar-model = { $p50 }–{ $p99 }, model { $time }
published-reach = bar: median; line: 99th percentile
published-mark = model’s estimate (request only)

## What a change costs the kube-proxies

change-title = Cost of this change for the kube-proxies
change-about = { $command }: all nodes, all syncs together; each measure has a scale of its own
change-tools = Programs started
change-netlink = Netlink requests
change-lines = Lines given to programs
change-bytes = Bytes given to programs

## The graph of chains

structure-title = Structure
structure-note = The chains of this node and which leads to which. The packet’s path is lit; choose a chain to see it in the ruleset.
structure-lane = Datapath
structure-node = Node
structure-nothing = No chains on this node.
structure-look = Look for rules that no packet comes to
structure-choose = Choose a chain to see through which others every packet in it has come.
structure-all-reached = Packets can come to every chain and every rule of this node.
structure-dead-chains = Chains
structure-dead-rules = Rules
structure-dead-vertex = { $label }: no packet comes here
structure-not-reached = No packet comes to { $chain }.
structure-reached-directly = The kernel calls { $chain } itself, or packets come there by several ways that have no chain in common.
structure-reached-through = Every packet in { $chain } has come through { $above }.
structure-cycle = These chains lead back to themselves, so that the tools refuse whatever leads there: { $cycle }.
structure-dead = No packet comes to { $chains ->
    [one] { $chains } chain
   *[other] { $chains } chains
  } and { $rules ->
    [one] { $rules } rule
   *[other] { $rules } rules
  }{ $more ->
    [yes] {" "}and more
   *[no] {""}
  }
structure-more = { $count } more are not listed.
structure-label = Chains of { $node } in { $mode } mode
structure-left-out = { $count } chains that the packet did not come near are left out.
zoom-label = Size of the picture
zoom-out = Smaller
zoom-in = Larger
zoom-fit = Fit
zoom-fitted = Fitted to the width
zoom-scale = { $percent } %

## The cluster as text

cluster-title = Cluster
cluster-note = Paste what this prints, or drop a file here. kube-proxy’s ConfigMap may stand beside it:
cluster-node-note = Or, from one node, any of these: then its packets go through those very rules.
cluster-label = Cluster as YAML or JSON
cluster-long = { $lines ->
    [one] { $lines } line
   *[other] { $lines } lines
  }, { $kilobytes } kB: more than can be edited here. What you paste here takes its place, as does a file that you drop; Load reads all of it.
cluster-long-empty = Empty it
cluster-load = Load
cluster-example = Back to the example
cluster-stop = Stop
cluster-from-example = Back to your cluster
cluster-loaded = This is what the lanes show.
cluster-see = To the lanes
cluster-up-to-date = This is what the lanes show, with what you did written into it.
cluster-anew = This is what the lanes show, written anew: comments and what the lab does not look at are gone. Undo brings them back.
cluster-moved-on = The lanes show this, and what you did to it since.
cluster-changed = Changed by you: Load shows it in the lanes.
cluster-both-changed = Changed by you, and the cluster has changed too: Load puts this text in its place.
cluster-bring = Write what I did into it
cluster-discard = Show the cluster as it is
cluster-back-from-discard = Back to my text
cluster-refused = This text was not loaded. The lanes above still show the last cluster that was.
cluster-noted = Loaded, with these remarks:
cluster-expected = Expected:
cluster-go = Go to this place in the text
cluster-unkept-forbidden = Your browser does not let this page keep its state: a reload will lose what you did. Save the lab as a file under “Share”.
cluster-unkept-elsewhere = This lab is open in another tab.
cluster-unkept-full = The browser’s room for this page is full: { $kilobytes } kB more do not fit, and a reload will lose what you did. Under “Share”, remove labs that you do not need, or save this one as a file.
cluster-reading = Reading…
cluster-reading-size = Reading { $megabytes } MB…
cluster-programming = Programming the nodes in { $mode } mode…
cluster-more = { $count } more; mend these first.

## Tables of connections, and the clock

connections-title = Connections
connections-note = What the kernels remember, step by step, as their own tools list it. Let time pass and see entries age and go.
connections-none = Nothing is remembered here.
connections-at-step = As the step that is shown leaves them; what it has written is marked.
connections-now = As they are now.
connections-wait = Let pass
connections-clock = Clock: { $time }
connections-seconds = { $count } s
connections-minutes = { $count } min
connections-hours = { $count } h

## DNS

names-title = What DNS answers
names-service = Service
names-records = Records of the cluster’s DNS
names-name = Name
names-type = Type
names-data = Data
names-nxdomain = does not exist (NXDOMAIN).

## Files to take away

take-away-title = Take it away
take-away-note = What the lanes show, as files that the real tools load: each says how, and how to undo it.
take-away-datapath = Datapath
take-away-node = Node
take-away-format = Format
take-away-copy = Copy
take-away-download = Download
take-away-copied = Copied.
take-away-not-copied-text = The browser did not let the page copy: select it and copy it yourself.
take-away-not-copied = The browser did not let the page copy: use Download.
take-away-rest = { $lines } more lines are in the file.

## How bad a remark on a text is

severity-error = Error
severity-warning = Warning
severity-note = Note
diagnostic-error = error
diagnostic-warning = warning
diagnostic-note = note
diagnostic-told = { $place }: { $severity }: { $message }{ $expected }{ $advice }
diagnostic-expected = ; expected { $expected }
diagnostic-advice = ; { $advice }

## What is wrong with a text that was pasted

wrong-port-of-no-service = EndpointSlice "{ $slice }" has the port { $port }, which is no port of Service { $service }
wrong-selects-nothing = the selector of Service { $service } matches no Pod, and it has no slices
wrong-node-without-address = Node "{ $node }" has no address of type InternalIP
wrong-slice-without-service = EndpointSlice "{ $slice }" belongs to no Service
wrong-same-address = { $place }: the address is also that of endpoints[{ $first }]
wrong-node-port-range = { $place }: node port { $port } is not in the default range 30000-32767
wrong-empty = there is nothing here yet: paste the output of `kubectl get services,endpointslices,nodes -A -o yaml`
wrong-passed-over = kind { $kind } has no bearing on kube-proxy's rules and is passed over
wrong-passed-over-several = kind { $kind } has no bearing on kube-proxy's rules and is passed over ({ $count } objects)
wrong-second-configuration = there is another { $kind } before this one
wrong-names-only = endpoints of addressType FQDN have no bearing on kube-proxy's rules; the slice is passed over
wrong-twice = { $said }: it is also at line { $line }
wrong-service-missing = { $kind } "{ $name }" belongs to Service { $service }, which is not in the input
wrong-too-long = the text is { $size } MiB long
wrong-nested = values are nested more than { $most } levels deep
wrong-endless-alias = this alias stands for a value that contains the alias itself
wrong-key = a key is a list or a mapping
wrong-no-yaml = this is not YAML: { $why }
wrong-health-check-port = { $place }: health check node port { $port } is not used
wrong-flannel-backend = Flannel's backend { $name } is not modelled
wrong-flannel-number = Flannel takes no { $name } of this value
wrong-more = { $count } more diagnostics are not listed
wrong-allocated = Service { $service }: the API server would allocate what is left out; the lab took { $values }
wrong-assumed-nodes = there is no Node in this text; the lab assumes { $nodes }
wrong-assumed-more-nodes = there is no Node in this text; the lab assumes { $nodes } and { $more } more
wrong-assumed-node = { $name } ({ $addresses }, Pods in { $ranges })
wrong-both = { $one } and { $other }
wrong-list = { $first }, { $rest }
wrong-cut-short = the line ends too early
wrong-found = found { $word }
wrong-without-effect = { $name } changes nothing here: { $why }
wrong-setting = the kernel has no { $name } of { $value }
wrong-other-output = this is the output of { $command }, which the lab does not read
wrong-rules-of-table = rules without a table are those of table { $table }, which is what the command lists that was typed
wrong-twins = iptables is iptables-nft here, so that its rules are in iptables-save and in nft list ruleset; they are taken once, as iptables-save has them
wrong-same-priority = tables of iptables and chains of nft are at the same place here; the chains are taken to have come later, so that they run first
wrong-half-told = nft has no words for what this rule of iptables-nft asks (xt), so that nobody can say what it does
wrong-copied-settings = this is a node as it was copied, not a cluster: whoever its packets reach answers them, as nothing here says who listens, and what sysctl does not list is as in a fresh kernel that forwards
wrong-copied = this is a node as it was copied, not a cluster: whoever its packets reach answers them, as nothing here says who listens, and its sysctls are those of a fresh kernel that forwards
wrong-unknown-hardware = this rule asks for a hardware address, and nothing here says who has which
wrong-bridge-calls = what the bridges carry is taken to pass the hooks of IP (net.bridge.bridge-nf-call-iptables = 1), as where br_netfilter is loaded
wrong-assumed-routing = there is no ip addr and no ip route in this text: the node is taken to have eth0 with a default route and no address of its own, so that nothing but loopback is local to it
wrong-assumed-virtual = there is no ip addr and no ip route in this text: the node is taken to have eth0 with a default route, and the addresses of its virtual services on kube-ipvs0, as kube-proxy has them: IPVS hears of no packet to an address that is not the node’s own. Copy ip addr too, to know
wrong-unknown-line = no tool that the lab knows prints { $line }
wrong-no-sequence-numbers = packets of the model have no TCP sequence numbers: every segment is in its window
wrong-no-arp-tables = the model has no packets of ARP: a neighbour is known, or there is none
wrong-two-families = the addresses are of two families
wrong-entry-twice = another entry has one of its tuples
wrong-icmp-entry = it began with ICMP type { $kind }, and the model knows echoes only
wrong-gre-entry = the model's tuples have no GRE keys
wrong-entry-with-ports = the model knows no ports of protocol { $protocol }
wrong-entry-without-ports = it has no ports
wrong-offloaded-entry = its packets pass by the flow table, which the model does not have
wrong-life-times = life-times of no address
wrong-next-hop = a next hop of no route
wrong-taken-for-bridge = { $device } is taken for a bridge, as it is the master of others; `ip -d link` would say what it is
wrong-taken-for-dummy = { $device } is taken for a dummy device, as it does not use ARP
wrong-local-table = the table local has a { $kind } route
wrong-table-number = the number of the table { $name } is not known
wrong-local-route = a local route without a device
wrong-route-without-device = a route without a device
wrong-several-ways = several ways are not modelled: every packet takes the first
wrong-rule-passed-over = the rule { $priority } is passed over: { $what } is not modelled
wrong-configuration-alone = the configuration of kube-proxy is alone in this text
wrong-no-node = there is no Node in this text
wrong-own-rules = the lab's own { $tool } refused the rules of { $node }: { $why }
wrong-no-scheduler = no scheduler { $name }
wrong-no-table = this line belongs to no table
wrong-open-quote = the quote that begins here is never closed
wrong-printing-command = { $command } prints the ruleset and changes nothing
wrong-empty-range = Invalid argument: the range { $text } ends before it begins
wrong-jump-loop = Too many levels of symbolic links: this jump leads back to chain `{ $name }'
wrong-no-chain = No chain/target/match by that name: table { $table } has no chain `{ $name }'
wrong-line-failed = { $why } (iptables-restore: line { $line } failed)
wrong-not-printed = nft -j does not print { $found } here
wrong-at-line = { $why }: `{ $text }`
wrong-no-helper = Could not process rule: No such file or directory: there is no ct { $kind } of this name
wrong-no-address = Could not resolve hostname: `{ $text }` is no address
wrong-no-value = `{ $text }` is no value of type { $type }
wrong-not-modelled = { $what } is not modelled here
wrong-no-variable = unknown identifier: no variable of this name is defined
wrong-map-of-intervals = a map of intervals is not modelled
wrong-element-exists = Could not process rule: File exists: an element with this key is there already
wrong-no-time-outs = Could not process rule: Invalid argument: the set has no time-outs
wrong-set-full = Could not process rule: Too many open files in system: set `{ $name }` is full
wrong-no-element = Could not process rule: No such file or directory: set `{ $name }` has no such element
wrong-nested-sets = nested too deeply
wrong-no-set = No such file or directory: set `{ $name }` does not exist in table { $family } { $table }
wrong-no-nft-chain = Could not process rule: No such file or directory: chain `{ $name }` does not exist in table { $family } { $table }
wrong-base-chain = Could not process rule: Operation not supported: `{ $name }` is a base chain
wrong-meta-key = syntax error: `{ $name }` is no meta key
wrong-ct-key = syntax error: `{ $name }` is no ct key
wrong-no-object = Could not process rule: No such file or directory: there is no { $kind } `{ $name }`
wrong-log-prefix = log prefix is too long
wrong-cannot-set = this cannot be set
wrong-no-verdict-map = vmap expression has no verdict map: the elements lead to no verdicts
wrong-order = an order needs one value to compare with
wrong-set-without-time-outs = Could not process rule: Operation not supported: the set has no time-outs
wrong-code = `{ $name }` is no code of { $kind }
wrong-chain-name-length = the name of a chain is too long
wrong-nat-priority = Could not process rule: Operation not supported: a nat chain must come after conntrack
wrong-no-priority = no priority
wrong-type-at-hook = Could not process rule: Operation not supported: a chain of type { $type } cannot be at hook { $hook }
wrong-circle = Could not process rule: Too many links: the chains jump in a circle: { $chains }
wrong-too-deep = Could not process rule: Too many links: more than { $most } jumps, one within the other, from chain `{ $name }`
wrong-reached-from = Could not process rule: Operation not supported: { $what } is reached from a chain of another type or hook, by way of chain `{ $name }`
wrong-include = include: there are no files here
wrong-no-nft-table = Could not process rule: No such file or directory: table { $family } `{ $name }` does not exist
wrong-does-not-exist = Could not process rule: No such file or directory: { $what } does not exist
wrong-in-use = Could not process rule: Device or resource busy: { $what } is in use
wrong-without-value = a { $kind } needs a value
wrong-deleted-by-handle = syntax error: a rule is deleted by its handle
wrong-long-key = the key is too long
wrong-takes-no-value = --{ $name } takes no value
wrong-no-command = no command
wrong-three-values = --set takes three values
wrong-other-place = chain `{ $name }` is at another hook or priority
wrong-no-base-chain = chain `{ $name }` is no base chain
wrong-file-exists = Could not process rule: File exists: { $what }
wrong-the-table = table { $family } `{ $name }`
wrong-rule-by-keyword = the rule with { $keyword } { $number }
wrong-chain-named = chain `{ $name }`
wrong-set-named = set `{ $name }`
wrong-object-named = object `{ $name }`
wrong-cannot-be-done = this cannot be done: { $why }
wrong-answers = these answers are { $verdicts }
wrong-answer-right = right{ $compared }
wrong-answer-wrong = wrong{ $compared }
wrong-compared = { " " }({ $left } and { $right } compared)
wrong-nothing = nothing
wrong-goal-reached = the goal is reached by doing nothing
wrong-solution-undone = the solution leads to a lab in which this cannot be done: { $why }
wrong-solution-goal = the solution does not reach the goal: this does not hold: { $what }
wrong-no-head = the file does not begin with a head
wrong-head-line = a head has no line { $line }
wrong-open-head = the head does not end
wrong-lesson-version = the file was written for version { $version } of lessons
wrong-head-value = { $key } has { $value }
wrong-no-title = the head has no title
wrong-challenge-steps = a challenge has steps
wrong-hints = a challenge has { $count } hints
wrong-no-solution = a challenge has no solution
wrong-in-lesson = there is { $what } here
wrong-open-block = the block { $fence } does not end
wrong-prediction = a prediction stands here
wrong-block = a block ```{ $word } stands here
wrong-not-doable = this is nothing that can be done: found { $found }
wrong-no-condition = this is no condition: found { $found }
wrong-no-answer = { $line } is no answer
wrong-number-of-answers = there are { $count } answers
wrong-no-text = there is something else than text in a block
wrong-rule-across = a line across the page
wrong-picture = a picture or another thing that is no text
wrong-end-of-line = the end of the line
wrong-the-end = the end
wrong-something-else = something that is no text
wrong-together = { $one }{ $next }

## What was expected in its place

expected-port = a port number from 1 to 65535
expected-target-port = a port number without quotes, or the name of a container port
expected-count = a number from 0 to 2147483647
expected-ip = an IPv4 or IPv6 address
expected-reachable-address = an address that is reachable from other nodes
expected-address-of-type = an { $family } address, as addressType says
expected-prefix = an address, a slash and a prefix length
expected-string = a string
expected-number-unquoted = a number without quotes
expected-mapping = a mapping of fields
expected-list = a list
expected-boolean = true or false
expected-port-of-service = the name and protocol of one of its ports: { $ports }
expected-labels-of-pods = labels that Pods of the same namespace have
expected-spec-of-pod = a spec with containers
expected-pod-template = a Pod template with metadata and spec
expected-one-container = at least one container
expected-container = a container
expected-own-port-names = a name of its own for every port
expected-lower-case-name = a name in lower case
expected-metadata = metadata with a name
expected-alias-of-mapping = the alias of a mapping
expected-free-value = a free value
expected-policy-for-both = a policy for both families
expected-spec = a spec
expected-selected-labels = labels that the selector asks for
expected-rollout = one of the two above 0, 100% at most
expected-number-or-percentage = a number or a percentage
expected-at-most-mebibytes = { $most } MiB at most
expected-printable = printable characters, line breaks and tabs
expected-proxy-value = a value that kube-proxy accepts
expected-proxy-field = a field of KubeProxyConfiguration
expected-internal-ip = status.addresses with an InternalIP
expected-taint-key = the key of the taint
expected-processors = processors, such as 4 or 3920m
expected-ip-address = an IP address
expected-first-range = { $first }, the first of podCIDRs
expected-subset = a subset with addresses and ports
expected-addresses = a list of addresses
expected-field-of-api = a field of the API
expected-one-port = at least one port
expected-numbered-port = a port with a number
expected-node-port-range = a port in the API server's --service-node-port-range
expected-port-once = every pair of port and protocol once
expected-node-port-once = every node port once per protocol
expected-objects = objects as kubectl prints them
expected-kinds = Service, EndpointSlice, Node or List
expected-one-configuration = one configuration of kube-proxy
expected-cluster-ips = clusterIPs that begin with clusterIP, one address per family at most
expected-address = an address
expected-label = the label { $label }
expected-thousand-endpoints = a thousand endpoints at most
expected-address-once = every address once
expected-address-type = IPv4 or IPv6
expected-endpoint = an endpoint with addresses
expected-zone-or-node = the name of a zone or node
expected-match-labels = matchLabels that the template's labels have
expected-requirement = a key, an operator and values
expected-object-once = every object once
expected-own-address = an address that no other Service has
expected-own-node-port = a node port that no other Service has
expected-service-beside = the Service beside its endpoints
expected-shallow = an object as kubectl prints it, which is nested less than 30 levels deep
expected-finite = a value that has an end
expected-few-aliases = aliases that stand for { $most } values at most
expected-string-key = a string as key
expected-key-once = every key once
expected-yaml = YAML or JSON as kubectl prints it
expected-label-signs = letters, digits, '-', '_' and '.', a letter or digit at both ends
expected-family-once = every family once
expected-dns-name = the DNS name that the Service stands for
expected-seconds-of-a-day = seconds, one day at most
expected-only-external = the field only on NodePort, LoadBalancer or with externalIPs
expected-only-local = it only with type LoadBalancer and externalTrafficPolicy Local
expected-flannel-backend = vxlan or host-gw
expected-vni = a number from 0 to 16777215
expected-vxlan-port = a port from 0 to 65535
expected-absent = the field to be absent
expected-one-of = one of { $list }
expected-output-of = that of { $command }
expected-iptables-rules = the rules as iptables-save lists them
expected-neighbours = the neighbour table, and the devices with their `link/ether`
expected-lines-of-tools = lines of iptables-save, nft list ruleset, ipset save, ipvsadm -S -n, conntrack -L, ip addr, ip route, ip rule, ip neigh, sysctl -a
expected-switch = 0 or 1
expected-above-zero = a number above 0
expected-number = a number
expected-sysctl-number = a number that the kernel's ip-sysctl.rst lists
expected-reverse-path = 0, 1 (strict) or 2 (loose)
expected-family-number = the number of the family, 2 or 10
expected-protocol = a protocol such as tcp
expected-protocol-or-family = a protocol such as tcp, or ipv4 and ipv6 before it
expected-protocol-number = the number of the protocol
expected-one-family = four addresses of one family
expected-state = a state such as ESTABLISHED
expected-with-key = { $key } with { $value }
expected-plain-port = a port
expected-byte = a number to 255
expected-word = a number to 65535
expected-gre-key = a key such as 0x1
expected-conntrack-zone = a zone
expected-closing-bracket = a closing ]
expected-entry = an entry that the model's table can hold
expected-device-name = the name of a device
expected-hardware-address = a hardware address such as 02:42:ac:11:00:02
expected-neighbour = an entry with `dev` and the name of a device
expected-device = a device such as `2: eth0:`
expected-address-above = an address above
expected-device-or-address = a device, or an address with blanks before it
expected-device-number = the number of a device
expected-number-with-colon = a number and a colon
expected-inet = inet or inet6
expected-address-with-length = an address with its prefix length, such as 10.0.0.1/24
expected-default = a destination such as default
expected-destination = a destination such as default, 10.0.0.0/24 or blackhole 10.0.0.0/8
expected-gateway = the address of a gateway
expected-routing-table = a table
expected-routing-protocol = a routing protocol
expected-scope = a scope
expected-node-address = an address of this node
expected-preference = low, medium or high
expected-priority-with-colon = a priority with a colon, such as `32766:`
expected-action = lookup, goto or another action
expected-priority = a priority
expected-mark = a mark such as 0x1 or 0x1/0xff
expected-all-or-prefix = all, an address or a prefix such as 10.0.0.0/8
expected-route = a route with one way
expected-policy = not, from, to, fwmark, iif and a table or a refusal
expected-services-beside = the Services of a cluster beside it
expected-node = at least one object of kind Node, since rules are programmed node by node
expected-loadable = rules that load
expected-number-found = a number from { $min } to { $max }, found `{ $text }`
expected-at-most-characters = at most { $most } characters
expected-characters = 1 to { $most } characters
expected-ipv4-or-net = an IPv4 address such as 10.96.0.1 or 10.0.0.0/8
expected-ipv6-or-net = an IPv6 address such as fd00::1 or fd00::/8
expected-known-port = a port from 0 to 65535, or the name of a well-known service
expected-smaller-first = the smaller port first
expected-fifteen-ports = at most 15 ports, where a range counts as two
expected-tcp-flags = SYN, ACK, FIN, RST, URG, PSH, ALL or NONE
expected-directions = src or dst for each dimension, with commas between
expected-kind-of-table = { $kind ->
    [match] a match that table { $table } allows
   *[target] a target that table { $table } allows
 }
expected-own-chain-or-target = a chain made with -N or a target
expected-target-or-chain = a target or a chain of table { $table }
expected-no-loop = chains that do not lead back to themselves
expected-after-routing = a rule that packets reach after routing
expected-in-rule = { $what } in the same rule
expected-rule-of-mangle = a rule of the table mangle
expected-from-hooks = a rule that packets reach from { $hooks }
expected-table = a table
expected-tables = raw, mangle, nat, filter or security
expected-iptables-command = a command such as -A, -I or -D
expected-command-alone = the command alone
expected-one-source = one source and one destination
expected-number-from-one = a number from 1
expected-device-at-hook = a device that is known at this hook
expected-chain-name = 1 to { $most } characters, none of them a blank
expected-only-one = one { $what }
expected-chain-of-table = a chain of table { $table }
expected-one-of-two = one of the two
expected-either = { $one } or { $other }
expected-dscp-classes = BE, EF, CS0 to CS7, or AF11 to AF43
expected-own-chain = a chain of your own and a new name
expected-new-name = a new name
expected-built-in-chain = a built-in chain
expected-chain-with-rules = a chain that has rules
expected-rule-number = a number from 1 to { $most }
expected-rule-of-chain = a rule that the chain has
expected-empty-chain = an empty chain that no rule jumps to
expected-one-of-nodes = one of the nodes
expected-range-open = FROM:TO, either side of which may be empty
expected-option-such-as = an option such as { $what }
expected-option-such-as-either = an option such as { $one } or { $other }
expected-protocol-tcp-or-6 = a protocol such as tcp or 6
expected-from-zero = 0 to { $most }
expected-from-one = 1 to { $most }
expected-rate-of-hashlimit = a rate such as 3/hour or 5/second
expected-at-most = at most { $most }
expected-rate-of-bytes = less than 32 GB in a second
expected-bytes = bytes, such as 5000 or 64kb
expected-bytes-or-more = { $least }b or more
expected-seconds = 1 to 2147483647 seconds
expected-icmp-type = a type, TYPE/CODE or a name such as echo-request
expected-rate = a rate such as 3/hour, 10/minute or 5/second
expected-smaller-burst = a smaller burst, or a higher rate
expected-six-bytes = six bytes such as 02:42:ac:11:00:02
expected-these-protocols = one of these protocols
expected-one-of-three = one of the three
expected-three = { $one }, { $other } or { $third }
expected-gid-before = --gid-owner before it
expected-owner = a number, or FIRST-LAST
expected-packet-types = unicast, broadcast, multicast or otherhost
expected-number-of-bytes = a number of bytes
expected-realm = value[/mask], or cosmos
expected-exactly-one = exactly one of them
expected-rttl = --rttl with --rcheck or --update
expected-smaller = a smaller number
expected-time-order = --timestart later than --timestop
expected-date = a date such as 2030-01-31T12:00
expected-time = a time such as 07:30
expected-days-of-month = days from 1 to 31, with commas between
expected-weekdays = 1 to 7, or Mon to Sun
expected-one-comparison = one comparison
expected-table-line = a line such as *filter
expected-policy-behind = a policy behind the name
expected-undeclared-chain = a chain that was not declared before
expected-policies = - for your own chains, ACCEPT or DROP for built-in ones
expected-counters = [packets:bytes] before the rule
expected-option-behind = an option behind the !
expected-one-inversion = one !
expected-option-with-dash = an option that begins with -
expected-argument = an argument behind { $option }
expected-not-inverted = { $option } without !
expected-changing-command = a command that changes the ruleset
expected-one-command = one command in a line
expected-name-of-chain = the name of a chain
expected-one-address = one address behind a !
expected-packets-and-bytes = packets and bytes
expected-match = the name of a match such as comment or conntrack
expected-one-target = one target
expected-option-of-iptables = an option of iptables
expected-protocol-name = a protocol such as tcp, udp, icmp or a number to 255
expected-protocol-not-all = a protocol other than all
expected-class = two hexadecimal numbers such as 1:20
expected-zone-id = 0 to 65535, or mark
expected-one-of-options = one of the options
expected-log-level = 0 to 7, or a name such as warning
expected-one-of-them = one of them
expected-address-and-port = an address, or [address]:port
expected-address-of-family = an { $family } address
expected-protocol-before-target = -p tcp, -p udp or -p sctp before the target
expected-alone = { $what } alone
expected-tcp-options = numbers or names such as mss
expected-machine = the address of a machine
expected-tproxy-protocol = -p tcp or -p udp in the same rule
expected-argument-length = at most { $most } characters in one argument
expected-closing-quote = a closing " on the same line
expected-symbol = 0 to 255, or { $names }
expected-unquoted-word = a word without quotes
expected-expression = an expression
expected-json-expression = an expression of libnftables-json(5)
expected-key-and-value = a key and what it leads to
expected-json-object = table, chain, rule, set, map, element or an object, alone or within add
expected-a-word = a word
expected-json-policy = a policy
expected-json-statement = a statement of libnftables-json(5)
expected-log-flags = tcp sequence, tcp options, ip options, skuid, ether or all
expected-helper-name = the name of a ct { $kind } of this table
expected-flowtable-name = the name of a flowtable
expected-tproxy-to = tproxy ip to …, tproxy ip6 to …
expected-match-before = a match such as `meta l4proto tcp` before it
expected-prefix-length = a prefix length
expected-value-of-type = a value of type { $type }
expected-value-of-type-such-as = a value of type { $type } ({ $about })
expected-name-before-star = a name before the star
expected-rising-range = a range from the smaller to the larger value
expected-variable = a variable that a `define` line introduces
expected-name = a name
expected-undefined-name = a name that is not defined yet
expected-variable-name = the name of a variable
expected-key-alone = a key alone
expected-colon-and-value = `:` and what the key leads to
expected-verdict = a verdict: accept, drop, jump CHAIN, goto CHAIN, return, continue
expected-single-value = one value
expected-quoted-comment = a comment in quotation marks
expected-shorter-comment = a shorter comment
expected-number-of-packets = a number of packets
expected-one-element = at least one element
expected-new-key = a key that is not in the set yet
expected-disjoint = intervals that have nothing in common
expected-single-keys = single keys
expected-no-time-out = an element without time-out
expected-element-of-set = an element of the set
expected-shift = by how many bits to shift
expected-map-expression = an expression with a map
expected-the-type = the type { $type }
expected-compatible-matches = matches that can all be true of one packet
expected-field-of-type = a field that messages of this type have
expected-address-of-packets = an address of the packets' family
expected-dnat-to = dnat ip to …, dnat ip6 to …
expected-protocol-match-before = a match such as `meta l4proto tcp` or `tcp dport 80` before it
expected-twelve-levels = at most 12 levels
expected-set-name = the name of a set
expected-set-of-table = a set or map of this table
expected-chain-of-this-table = a chain of this table
expected-chain-without-hook = a chain without a hook
expected-statement = a statement
expected-end-of-rule = the end of the rule
expected-meta-key = a meta key
expected-match-or-statement = a match such as `ip saddr`, `tcp dport`, `ct state`, or a statement such as `accept`
expected-meta-keys = mark, l4proto, iifname, oifname, length, …
expected-field-of = a field of { $header }: { $fields }
expected-offset = the offset in bits
expected-length-in-bits = the length in bits
expected-bits = 1 to 64 bits
expected-ct-key = a ct key
expected-ct-keys = state, status, mark, direction, original, reply, …
expected-fib-keys = saddr, daddr, mark, iif or oif
expected-fib-results = oif, oifname or type
expected-one-or-more = 1 or more
expected-number-of-connections = a number of connections
expected-object-name = the name of an object
expected-object-of-table = a { $kind } of this table
expected-a-rate = a rate
expected-unit-of-time = second, minute, hour, day or week
expected-burst = a burst
expected-megabytes = less than 4096 mbytes
expected-rate-with-unit = a number with bytes, kbytes or mbytes
expected-quoted-prefix = a prefix in quotation marks
expected-prefix-of-log = at most 127 characters
expected-group = a group
expected-length = a length
expected-one-of-both = one of both
expected-named-log-level = a log level
expected-flags-of-log = tcp, ip, skuid, ether or all
expected-settable = meta mark, meta priority, meta pkttype, meta nftrace, ct mark, ct zone, tcp option maxseg size or a header field
expected-verdict-map = a map declared with `type … : verdict`
expected-named-or-braced = a set: `@name` or `{ "{" } … { "}" }`
expected-set-with-timeout = a set with `flags timeout`
expected-reject-with = icmp, icmpv6, icmpx or tcp reset
expected-other-answer = another answer
expected-answer-of-family = an answer of the packet's family
expected-icmp-of-family = icmp or icmpv6, whichever the table's family has
expected-code = a code
expected-chain-verbs = add, create, delete, destroy, flush or rename with a chain
expected-the-new-name = the new name
expected-table-name = the name of a table
expected-255-characters = 1 to 255 characters
expected-rule = a rule
expected-chain-types = filter, nat or route
expected-hook = a hook
expected-hooks = prerouting, input, forward, output, postrouting, ingress, egress
expected-nat-priority = a priority above -200
expected-priorities = a number, or raw, mangle, dstnat, filter, security, srcnat
expected-hooks-of-types = nat: prerouting, input, output, postrouting; route: output; filter: any hook of the family
expected-no-circle = jumps that never come back to the chain they started from
expected-jumps-deep = at most { $most } jumps deep
expected-base-chains = base chains of type { $type } at { $hooks }
expected-set-or-map-name = the name of a set or map
expected-end-of-command = the end of the command
expected-rules-themselves = the rules themselves
expected-nft-command = a command: add, delete, flush, …, or a table
expected-nft-objects = table, chain, rule, set, map, element, counter, quota, limit
expected-existing-table = a table that exists
expected-existing = something that exists
expected-unused = something that no rule or element refers to
expected-object-verbs = add, create, delete, destroy or reset with an object
expected-ct-objects = helper, timeout or expectation
expected-end-of-object = the end of the object
expected-allowance = what it allows
expected-rule-verbs = add, insert, replace or delete with a rule
expected-handle = `handle` and the rule's handle
expected-handle-number = `handle` and a number
expected-set-verbs = add, create, delete, destroy or flush with a set
expected-set-properties = type, typeof, flags, elements, timeout, size, …
expected-number-of-elements = a number of elements
expected-type-before-brace = `type` and the types of the keys before the closing brace
expected-type-such-as = a type such as ipv4_addr
expected-types = ipv4_addr, ipv6_addr, inet_proto, inet_service, mark, ifname, …
expected-most-bytes = at most { $most } bytes
expected-set-flags = constant, dynamic, interval or timeout
expected-table-verbs = add, create, delete, destroy or flush with a table
expected-parts-of-table = chain, set, map, counter, quota, limit, comment or flags
expected-tproxy-words = transparent, mark or wildcard
expected-new-service = a virtual service that is not there yet
expected-known-service = a virtual service that is there
expected-service-of-server = the virtual service of this real server
expected-new-server = a real server that is not there yet
expected-server-of-service = a real server of this virtual service
expected-thresholds = a lower threshold that is not above the upper one
expected-one-host = an address of one host
expected-no-equals = no `=`
expected-value-after = a value after { $option }
expected-option-of-ipvsadm = an option of ipvsadm
expected-ipvsadm-commands = -A, -E, -D, -C, -Z, -a, -e, -d or --set
expected-an-option = an option
expected-option-of-command = an option that the command has
expected-three-seconds = seconds for tcp, tcpfin and udp
expected-from-to = { $least } to { $most }
expected-service-options = -t, -u, --sctp-service or -f
expected-ipv4-mask = a mask such as 255.255.255.0
expected-ipv6-mask = a prefix length from 1 to 128
expected-scheduler-flags = flag-1, flag-2, flag-3, or sh-… with sh, mh-… with mh
expected-service-family = an address of the service's family
expected-tunnel-types = ipip, gue or gre
expected-a-set = a set
expected-an-element = an element
expected-another-set = another set
expected-ipset-commands = create, add, del, flush, destroy, rename or swap
expected-value-of = a value of { $option }
expected-option-of-set-type = an option of this type of set
expected-ipset-line = a line that ipset takes
expected-set-type = a type such as hash:ip,port
expected-doable = something that can be done in the lab as it is then
expected-one-right = exactly one that is right after the run
expected-goal = a goal that something has to be done for
expected-solution = a solution that does
expected-head = a line --- , lines like title: …, and another line ---
expected-head-line = one of { $keys } with a colon and a value
expected-end-of-head = a line --- before this one
expected-whole-number = one whole number
expected-numbers = numbers with commas between them
expected-title = a line title: …
expected-goal-or-steps = a goal, or steps that begin with ##
expected-three-hints = three, from a nudge to the answer
expected-solution-block = a block ```solution
expected-prose = paragraphs, lists, tables, quotations and code
expected-closing-fence = a line with the same fence behind it, and nothing else
expected-prediction = one in a step, before its ```do
expected-blocks = before the first ## cluster, do, goal, hint or solution; in a step predict or do; anywhere text, sh, yaml or console
expected-answer = - an answer => the condition under which it is right
expected-answers = two or more lines - answer => condition
expected-text-only = text
expected-closed-quotes = as many quotation marks as end
expected-nothing-more = nothing more
expected-port-number = a number from 0 to 65535
expected-a-target = a target
expected-and = "and", or nothing more
expected-a-text = a text
expected-claim = iptables, nftables, ipvs, every lane, any lane, printed TEXT, failed, true, false, or a number
expected-fact = what is so in the lane
expected-comparison = one of < <= = >= >
expected-quantity = a number, or a datapath and what is counted
expected-datapath = a datapath
expected-counted = what is counted
expected-at-hook = at, and a hook
expected-facts = answered, rejected, dropped, refused, mismatched, passed HOOK, chose at HOOK, entered CHAIN, matched TEXT, lists TEXT, tracks TEXT, reached TEXT, rewrote source, rewrote destination, skipped-nat, same-server, invalid, or for one datapath something that is counted

## What to do about it

advice-number = correct the number
advice-correct = correct it
advice-mapped-address = write the IPv4 address alone
advice-leading-zeros = leave the zeros out
advice-address = correct the address
advice-such-address = write such an address
advice-own-family = move the endpoint to a slice of its own family
advice-prefix = correct the prefix
advice-quote = put the value in quotes
advice-one-value = write one value here
advice-unquote = leave the quotes out
advice-write-number = write a number here
advice-compare = compare with what kubectl prints
advice-compare-output = compare with kubectl's output
advice-agree-ports = make the two agree: kube-proxy ignores the endpoints of other ports
advice-selector = compare spec.selector with the labels of the Pods: without endpoints every packet is refused
advice-whole-pod = paste the whole Pod
advice-whole-object = paste the whole object
advice-rename-port = rename the port
advice-toleration = add it, or name a key
advice-name-as-printed = write the name as kubectl prints it
advice-alias = write such an alias, or the fields themselves
advice-allocate = write the values that the Services shall have
advice-policy = add it, or leave one family
advice-object-as-printed = paste the whole object as kubectl prints it
advice-agree = make the two agree
advice-rollout = let the rollout change a Pod
advice-leave-out-objects = leave out objects that are not needed, for example with `kubectl get -n NAMESPACE`
advice-delete-character = delete the character
advice-proxy-field = correct the name: kube-proxy ignores it
advice-proxy-value = correct it: kube-proxy does not start with it
advice-proxy-unused = correct it: kube-proxy does not look at it in this mode, and the lab takes the default
advice-node-address = add it: without it the node has no node ports and cannot be simulated
advice-add = add it
advice-as-printed = write it as kubectl prints it
advice-subset = add one, or delete the subset
advice-name-ports = name the ports
advice-meant = write { $meant }: the API server drops the field as it is
advice-unknown-field = delete it or move it to where it belongs: the API server drops it here
advice-name-ports-for-slices = name the ports, as EndpointSlices refer to them by name
advice-add-port = add a port
advice-delete-or-type = delete the field or change the type
advice-node-port-range = make sure that the cluster sets another range
advice-change-one = change or delete one of the two
advice-node-port = choose another node port
advice-paste-objects = paste the output of `kubectl get services,endpointslices,nodes -A -o yaml`
advice-whole-output = paste the whole output of `kubectl get services,endpointslices,nodes -A -o yaml`
advice-version = write the apiVersion that kubectl prints
advice-delete-one-of-two = delete one of the two
advice-kind = write the kind as kubectl prints it
advice-both-as-printed = write both as kubectl prints them
advice-service-range = write an address of the service range, or change the type
advice-stray-slice = add it, or leave the slice out: kube-proxy ignores it
advice-divide = divide them between several slices
advice-same-address = delete one of the two: kube-proxy takes them for one endpoint
advice-family = write the family of the endpoints' addresses
advice-rename-or-delete-port = rename the port or delete it
advice-endpoint = add one, or delete the endpoint
advice-template-labels = write the labels of the template
advice-other-address = choose another address
advice-services-too = paste services and endpointslices of the same namespaces; endpoints have no effect alone
advice-no-alias = write the value out instead of the alias
advice-no-aliases = write the values out; kubectl prints no aliases
advice-keep-one-field = keep one of the fields; the object is left out until then
advice-tabs = indent with spaces: YAML does not allow tabs
advice-indentation = check the indentation and the quotes of this line and of the one before
advice-label = write the label as kubectl prints it
advice-delete-one = delete one
advice-delete-field = delete the field
advice-delete-or-address = delete the field or add the address
advice-flannel-backend = nodes are joined as with host-gw
advice-number-in-range = write a number in this range
advice-one-of-these = write one of these, or leave the field out
advice-listed-first = correct the listed ones first
advice-cut-short = the line may have been cut short: paste it whole
advice-whole-line = correct it, or paste the whole line
advice-sysctl = it is passed over; paste what sysctl -a prints
advice-run-instead = run { $command } in its place and paste what it prints
advice-iptables-too = run iptables-save and ip6tables-save too, and paste what they print with their first line
advice-neighbours = run ip neigh and ip addr too, and paste what they print
advice-whole-outputs = it is passed over; paste the output of these commands whole and unchanged
advice-conntrack = paste what conntrack -L prints; events (-E), XML and -o save are other formats
advice-addresses = correct the addresses
advice-entry = it stays in the listing, and packets of it begin a new connection
advice-ip-address = paste what ip addr, ip -o addr or ip -d link prints, whole and unchanged
advice-ip-route = paste what ip route prints, from its first line on
advice-route = the listing keeps it; the model's packets may take another way than the node's
advice-policy-rule = packets that it is about may take another way on the node
advice-configuration = paste it into the same text as the objects, after a line ---: it applies to the cluster there
advice-paste-cluster = paste what `kubectl get svc,endpointslices,nodes -A -o yaml` prints
advice-report = this is a defect of the lab: please report it with your text
advice-chain-of-table = move the rule into a chain of table { $table }
advice-built-in-chain = packets enter a built-in chain by its hook only
advice-ipvs-target = there is no target IPVS: IPVS takes packets at its own hooks, by the virtual services of `ipvsadm`; a rule can ask about them with `-m ipvs`, and kube-proxy in IPVS mode uses `-m set`
advice-capitals = write { $name } in capital letters
advice-declare-chain = declare the chain before this line with `:{ $name } - [0:0]` or `-N { $name }`
advice-target = correct the name: a target such as ACCEPT, or a chain of this table
advice-loop = remove one of the jumps between `{ $name }' and this rule
advice-move-or-mss = move the rule, or write --set-mss
advice-move-rule = move the rule
advice-move-or-mark = move the rule, or map the mark alone
advice-move-to-hooks = move the rule, or the jump that leads to it, into a chain of these hooks
advice-table = write a table after -t
advice-tables = name one of the five tables
advice-iptables-command = begin the line with -A CHAIN
advice-remove = remove { $what }
advice-one-rule = write one rule
advice-count-rules = count the rules of the chain from 1
advice-policy-of-two = take one of the two; REJECT is a target for rules only
advice-other-chain = remove { $option }, or put the rule into another chain
advice-shorten = shorten the name
advice-name-chain = name the chain
advice-rename-chain = rename the chain
advice-blanks = remove the blanks
advice-split = split the rule in two
advice-declare-first = declare it first with a line `:{ $name } - [0:0]` or `-N { $name }`
advice-chain-elsewhere = the chain is in table { $table }: chains belong to one table
advice-remove-one-of-them = remove one of them
advice-add-option = add { $what }
advice-class = correct the class
advice-other-name = use another name
advice-name-or-flush = use another name, or -F to empty the chain
advice-closing-rule = end the chain with a rule instead
advice-rule-count = the chain has { $count } rules
advice-rule-as-saved = write the rule as `iptables-save` prints it
advice-flush = use -F to empty it
advice-delete-jumps = delete the { $count } rules that jump to it first
advice-flush-first = flush it first with -F { $name }
advice-add-one-for-example = add one, for example { $what }
advice-remove-one = remove one
advice-this-node = say which node this is
advice-range = correct the range
advice-take-one = take one of these
advice-add-one-of-them = add one of them
advice-protocol = correct the protocol
advice-write-one-of-them = write one of them
advice-length = correct the length
advice-burst = correct the burst
advice-rate = correct the rate
advice-lower-rate = lower the rate
advice-mode = correct the mode
advice-raise-burst = raise the burst
advice-interval = correct the interval
advice-type = correct the type
advice-add-one = add one
advice-lower = lower { $what }
advice-protocol-before = add -p tcp or -p udp before -m multiport
advice-two-matches = use two matches
advice-swap = swap the two
advice-numeric-owner = names of users and groups are not looked up here: write the number
advice-swap-ports = swap the two ports
advice-realm = write the number of the realm
advice-one-of-four = keep one of the four
advice-probability = add --probability with a number from 0 to 1
advice-every-and-packet = add --every and --packet
advice-one-of-the-two = write one of the two
advice-date = correct the date
advice-time = correct the time
advice-day = correct the day
advice-write-one-of = write one of { $list }
advice-end-table = end table { $table } with a line COMMIT; without it nothing of the table takes effect
advice-begin-table = begin the table first
advice-policy-line = write `:{ $name } - [0:0]` for a chain of your own, `:{ $name } ACCEPT [0:0]` for a built-in one
advice-remove-line = remove the line
advice-chain-policy = correct the policy
advice-close-bracket = close the bracket
advice-two-numbers = write two numbers
advice-remove-inversion = remove the !
advice-quote-arguments = quote arguments that hold blanks
advice-argument-or-remove = add it, or remove the option
advice-argument-of = correct the argument of { $option }
advice-second-argument = add the second argument
advice-two-lines = write two lines
advice-behind-letter = write it behind { $option }
advice-rule-for-each = write one rule for each address
advice-no-lookup = names are not looked up here: write the address itself
advice-counters = write two numbers behind -c
advice-match = correct the name; each family has its own matches
advice-two-rules = write two rules
advice-protocol-first = name the protocol first: -p tcp { $option }
advice-match-first = load the match first: -m { $match } { $option }, and -p if { $match } is a protocol
advice-option = correct the option
advice-name = correct the name
advice-device-name = correct the name of the device
advice-zone = correct the zone
advice-take-some = take some of these
advice-level = correct the level
advice-add-for-example = add for example { $what }
advice-remove-behind-slash = remove the part behind the slash
advice-address-with-port = write [fd00::1]:80 for IPv6 and 10.0.0.1:80 for IPv4
advice-ports = correct the ports
advice-mapping = say what the packet is to get
advice-list = correct the list
advice-another-address = name another address
advice-shorten-argument = shorten the argument or split the rule
advice-close-quote = close the quote, or write \" for a quote inside one
advice-whole-output-of-it = paste its output whole
advice-nft-json = paste what nft -j list ruleset prints, whole
advice-declare-before = declare it before the rule, or mend its name
advice-which-protocol = say of which protocol
advice-leave-match-out = leave the match out
advice-swap-ends = swap its two ends
advice-in-a-rule = leave it out, or use it in a rule, where it is kept
advice-name-unquoted = write the name without quotation marks
advice-keyword = nft has a meaning for this word: use another name
advice-define = add `define NAME = …` before its first use
advice-complete = something is missing at the end: is the text complete?
advice-redefine = use `redefine` to change it, or another name
advice-declare-map = declare it as a map, or leave out what follows the colon
advice-delete-element = delete the old element first, or leave this one out
advice-merge = cut the interval, or give the set `auto-merge`
advice-flags-interval = add `flags interval` to the declaration
advice-flags-timeout = add `flags timeout` to the declaration
advice-set-size = raise the set's size
advice-destroy = leave it out, or use `destroy`
advice-constants-only = nftables 1.0.6 joins a value with constants only
advice-agree-types = change the key or the type in the declaration, so that both agree
advice-split-rule = split the rule
advice-protocol-of-ports = say of which protocol the ports are
advice-named-sets = use named sets and maps
advice-chain-before = add the chain before the rule that jumps to it, or mend its name
advice-regular-chain = packets come to a base chain by its hook; jump to a regular chain
advice-verdict-last = put the verdict last
advice-one-family = leave it out: this table only sees one family
advice-no-direction = leave the direction out
advice-fib = add saddr or daddr before the dot
advice-declare-before-rule = declare it before the rule
advice-map-of-marks = nft 1.0.6 takes a map from marks to numbers, such as `meta mark map { "{" } 1 : 1 { "}" }`
advice-use-map = use `map`, or another map
advice-braces = put the values in braces
advice-declaration = change the set's declaration
advice-remove-jump = remove one of these jumps
advice-flatten = flatten the chains
advice-reached-from-there = move the rule to a chain that is only reached from there
advice-include = put the text of the included file in the place of this line
advice-add-table = add it first: add table { $family } { $name }
advice-add-or-delete = use `add`, or delete the old one first
advice-mend-or-add = mend the name, or add it first; `destroy` does not mind
advice-delete-references = delete the rules and elements that refer to it first
advice-handles = `nft -a list ruleset` shows the handles
advice-change-service = change it with -E
advice-add-service = add it with -A first
advice-change-server = change it with -e
advice-add-server = add it with -a first
advice-thresholds = change -x or -y
advice-unicast = use a unicast address
advice-remove-it = remove it
advice-ipvsadm-help = see `ipvsadm -h` for the options
advice-begin-with-command = begin the line with a command
advice-remove-or-other-command = remove it, or use the other command
advice-zero-keeps = 0 keeps a value
advice-change-number = change the number
advice-name-service = name the virtual service
advice-mark-zero = a mark of 0 is no mark
advice-numeric-address = write numbers, IPv6 in brackets
advice-choose = choose one of these
advice-port-or-persistent = add a port, or -p for all ports
advice-name-server = name the real server
advice-tunnel = use -i
advice-port = add the port
advice-command = correct the command
advice-add-to-line = add it to the line
advice-value = correct the value
advice-create-first = create the set { $name } first
advice-destroy-first = destroy the set { $name } first, or use -exist
advice-set-types = take one of the types that `ipset help` lists
advice-remove-or-exist = remove the line, or use -exist
advice-maxelem = raise maxelem
advice-line = correct the line
advice-conditions = correct the conditions, or what is claimed
advice-goal-or-opening = correct the goal, or what is done with opening
advice-goal-or-solution = correct the goal or the solution
advice-head = put a head before the text
advice-correct-or-remove = correct or remove the line
advice-add-line = add the line
advice-later-lab = open it with a later version of the lab
advice-digits = write it in digits
advice-title = say what it is called
advice-leave-one-out = leave out one of them
advice-three-hints = write three
advice-solution = write what solves it, a line each
advice-leave-out = leave it out
advice-close-block = close the block
advice-put-there = put it there
advice-fence-word = correct the word behind the fence
advice-save-scenario = do it in the lab, save that as a scenario, and copy the line
advice-line-each = write each in a line
advice-write-them = write them

## What is assumed and simplified

assumed-title = What is assumed and simplified
assumed-mode = Mode of this cluster
assumed-no-configuration = not known: the text has no KubeProxyConfiguration
assumed-configured = Settings taken from the text
assumed-none = none: all are kube-proxy’s defaults
assumed-cluster-cidr = Pod network (clusterCIDR)
assumed-service-cidr = Service network
assumed-nodes = Nodes
assumed-nodes-text = on one network with a /24 (IPv6: /64) prefix, each with the routes to the others’ pods
assumed-version = kube-proxy
assumed-version-text = v1.36.2: its first full sync, then the syncs that changes lead to, each by itself
assumed-clock = Clock
assumed-clock-text = virtual: one second between two packets that you send
assumed-power = Nodes without power
assumed-power-text = lose everything: they come back with an empty kernel and a kube-proxy that starts anew
assumed-listens = Who listens
assumed-listens-text = not known from what was copied: whoever a packet reaches answers it
assumed-sysctls = Sysctls
assumed-sysctls-text = those of a fresh kernel that forwards: net.ipv4.ip_forward = 1, route_localnet and rp_filter off
assumed-kept = What is not modelled
assumed-kept-text = is kept as it is written, and said when a packet reaches it; nothing is guessed
assumed-chance = Chance
assumed-chance-text = seeded: the same steps give the same choices
assumed-simplified = Left out: the pods’ own network stacks, TCP windows and retransmissions, ARP and neighbour discovery, the limits on how many ICMP errors a node sends, offloads and flow tables. Each pod has one cable to its node. Counts are counts of the model’s work, not nanoseconds.
assumed-own-mode = { $mode }, as its KubeProxyConfiguration says

## The foot of the page

footer-about = A model of kube-proxy’s iptables, nftables and IPVS modes and of the Linux node under them. What you see is the trace of its evaluators, not an animation.

## Forms of objects

fields-title = Change or delete an object
fields-note = What you choose or type happens at once, as kubectl patch would do it: the nodes follow, and Undo takes it back.
fields-object = Object
fields-services = Services
fields-slices = EndpointSlices made by hand
fields-workloads = Workloads
fields-nodes = Nodes
fields-settings = Settings
fields-delete = Delete { $subject }
fields-add-port = Add a port
fields-remove-port = Remove this port

## Adding objects

adding-title = Add to the cluster
adding-what = What to add
adding-service = Service
adding-endpoints = Endpoints
adding-deployment = Deployment
adding-node = Node
adding-client = Client Pod
adding-create = Create { $kind }

## Changing the cluster

operate-title = Change the cluster
operate-note = Do something to it, and follow it from the object to the kernels: controllers, EndpointSlices, kube-proxy on each node. The open connection goes on: its next packet is sent through the new rules.
operate-no-workloads = This text has no workloads and no Pods: add `deployments,pods` to what you paste.
operate-hint = Scale a workload or let a Pod fail its readiness probe: here stands what follows from it.
operate-bare = Pods of no workload
operate-nodes = Nodes
operate-replicas = Replicas
operate-fewer = One replica fewer
operate-more = One replica more
operate-restart = Restart rollout
operate-fail-probe = Fail probe
operate-pass-probe = Pass probe
operate-delete = Delete
operate-fail-node = Power off
operate-recover-node = Power on
operate-drain = Drain
operate-uncordon = Uncordon
operate-pending = pending
operate-ready = ready
operate-not-ready = not ready
operate-terminating = terminating
operate-no-node = no node
operate-wait = Wait a minute
operate-wait-why = In IPVS mode kube-proxy looks once a minute whether a real server that must go is idle.
operate-path = What followed
operate-cost = What it cost the kube-proxies of all nodes, all syncs together
operate-rules = { $count ->
    [one] { $count } rule
   *[other] { $count } rules
  }
operate-chains = { $count ->
    [one] { $count } chain
   *[other] { $count } chains
  }
operate-elements = { $count ->
    [one] { $count } element
   *[other] { $count } elements
  }
operate-virtual-servers = { $count ->
    [one] { $count } virtual server
   *[other] { $count } virtual servers
  }
operate-real-servers = { $count ->
    [one] { $count } real server
   *[other] { $count } real servers
  }
operate-addresses = { $count ->
    [one] { $count } address
   *[other] { $count } addresses
  }
operate-connections = { $count ->
    [one] { $count } conntrack entry
   *[other] { $count } conntrack entries
  }
operate-nothing-written = nothing
operate-full-first = full sync: its first
operate-full-topology = full sync: the zone of the node changed
operate-full-period = full sync: the last one was an hour ago
operate-full-failure = full sync: the last one failed
operate-partial = partial sync: only what belongs to changed Services, and shared chains
operate-differences = compares everything with the kernel, and writes what differs
operate-termination = looks whether real servers that must go are idle
operate-syncs = Syncs
operate-syncs-note = all nodes
operate-tools = Tools
operate-tools-note = programs started
operate-netlink = Netlink
operate-netlink-note = requests
operate-lines = Lines
operate-bytes = Bytes
operate-read-note = that tools read
operate-written = Written
operate-written-note = − is deleted
# { $state } is “ready” or “not ready”; $cordoned is yes or no.
operate-node = { $state }{ $cordoned ->
    [yes] , cordoned
   *[no] {""}
  } · { $pods ->
    [one] { $pods } Pod
   *[other] { $pods } Pods
  }
operate-undone = Not done: { $why }.
operate-left-out = { $nodes ->
    [one] { $nodes } node that no packet has needed yet is not counted: it writes all of it when it is first needed.
   *[other] { $nodes } nodes that no packet has needed yet are not counted: they write all of it when they are first needed.
  }
operate-tracker = kube-proxy’s change tracker notes: { $services }
operate-added = added
operate-modified = modified
operate-deleted = deleted

## Keeping and sharing
keep-link = Link
keep-link-note = The whole lab and the step that you see are in the link itself, packed: no server has them. Whoever opens it needs nothing else, and loses nothing of theirs.
keep-copy = Copy link
keep-address = The link
keep-file = File
keep-file-note = The cluster’s text and what you did, as JSON. Open it here again, or drop it anywhere on the page, as YAML and dumps of a node.
keep-save = Save as a file
keep-choose = Open a file…
keep-paper = Paper
keep-paper-note = Every step of the chosen lane, with the header before and after, for a handout.
keep-print = Print the steps
keep-recent = Recent labs
keep-recent-note = Kept in this browser, and nowhere else.
keep-none = No other lab yet: this one will stand here when you open another.
keep-here = open
keep-remove = Remove
keep-rename = Rename
keep-instead = Open the example instead
keep-name = Name of the lab
keep-keep-name = Keep
keep-rename-what = Rename: { $title }
keep-remove-what = Remove: { $title }
keep-after = { $title }, last: { $deed }
keep-length = { $count } characters.
keep-length-long = { $count } characters: some programs for mail and chat cut links as long as this. If it arrives damaged, send the file.
keep-length-too-long = { $count } characters: too long for the address bar of a browser. Save the lab as a file, and send that.
keep-size = { $size } · { $steps ->
    [one] { $steps } step
   *[other] { $steps } steps
  }

## The printed handout

handout-number = Step
handout-step = What happened
handout-header = Header, before → after
handout-title = { $lane } · { $lab }
handout-between = { $packet }: from { $client } to { $target }
handout-left-out = { $steps } more steps are not printed.

## Saving a chart

save-svg = Save as SVG
save-png = Save as PNG
save-csv = Save as CSV

## Notices

notice-close = Close this message
notice-news = A new version of the lab is ready. Your lab is kept.
notice-reload = Open it
notice-from-link = This lab came with the link. The one that you had is under “Share”, among the recent labs.
notice-broken-link = The link could not be opened: { $damage }. Ask for it again, or for the lab as a file. The lab below is the one that you had, or the example.
notice-broken-file = The file could not be opened: { $damage }. The lab below is as it was.
damage-no-json = it is no JSON from line { $line }, column { $column } on: the file is cut or was changed
damage-no-lab = it is no saved lab: one begins with { $beginning }
damage-newer = a later version of the lab wrote it ({ $version }, and this one reads up to { $ours })
damage-field = its field “{ $path }” is wrong: expected { $expected }
damage-expected-first = a first line without “+ ”
damage-expected-example = the number of an example that this version of the lab has
damage-expected-lines = lines, each a string
damage-expected-text = the lines of the cluster, or “example” in place of it
damage-expected-list = a list of strings
damage-expected-object = an object
damage-expected-string = a string
damage-expected-number = a whole number from 0
damage-expected-apart = an object that gives a lane’s number the number of its step
damage-deed = “{ $line }” is nothing that this version of the lab can do: expected “send CLIENT -> TARGET”, “next”, “close”, “sleep SECONDS”, “shell DATAPATH PLACE 'LINE'”, or a command that the lab prints for an action
damage-sign = it has “{ $sign }” in it, at place { $at }, which no link has
damage-incomplete = its end is missing, or a part of it was changed on the way
damage-too-large = it unpacks to more than { $most } MB
notice-unreadable = The file is no text in UTF-8: a picture, perhaps, or a text in another encoding (PowerShell’s “>” writes UTF-16). The lab is as it was.
notice-file-refused = The file was not taken. Line { $line }, column { $column }: { $what }. { $more ->
    [0] It
   *[other] It and { $more } more
 } can be mended under “Cluster”, beside the text. The lab is as it was.
notice-refused = The lab could not be opened, since its text is refused: { $why }.
notice-forked = This lab is open in another tab, which went on with it. From here on each tab has a lab of its own; both are under “Share”, among the recent labs.
notice-gone = This lab is not kept in this browser any more. The one below is as it was.
notice-failed = The page failed or was closed while it opened your last lab, so it opened the example. Yours is under “Share”, among the recent labs.
notice-no-language = The words of this language could not be loaded. The page stays as it is; try again when you are online.

## Everywhere

# How many more of a list are not shown.
more = … { $count } more
# A sentence of what is said without a capital and a full stop.
sentence = { $what }.

## What a lane seldom says

lane-over = Nothing more is sent here: the connection is over.
lane-rejoined = From its step { $from } to { $to }: the other lanes are there.

## What a lab is called in a list

title-copied-node = Copied node
title-copied-node-at = Copied node { $address }
title-no-services = No Services
title-one = { $service }
title-two = { $one } and { $other }
## Chains and rules that no packet comes to

finding-chain = nothing that packets come to leads here
finding-in-chain = nothing that packets come to leads to chain { $chain }
finding-behind = no packet goes on behind { $rule }
dns-label = { $name }
dns-label-external-name = { $name } (ExternalName: no rules)
dns-label-headless = { $name } (headless: no rules)

## What the fields of the forms do

field-service-type = from where the Service can be reached: inside, by a port of every node, or by a load balancer; ExternalName is another name in DNS and nothing else
field-service-external-name = the name that DNS answers with; there is no address and no rule
field-service-address = the addresses that stand for the Service inside the cluster; the API server gives them once, and they stay as long as the Service does; None is a headless one, which has names in DNS and no rules
field-service-families = which addresses it has; where the cluster has both families, a second one may come and go, and the first one stays
field-service-selector = whose Pods are its endpoints: those with all of these labels
field-service-port-name = what tells its ports apart, in slices and in the names of chains; of several ports each needs one
field-service-port = the port at the Service's addresses
field-service-target-port = the port of the Pods that packets are sent on to, by number or by name
field-service-node-port = the port at which every node answers for the Service
field-service-remove-port = takes this port away, with its rules
field-service-add-port = one more port of the Service, sent on to the same port of its Pods until you change it
field-service-allocate = whether every node has a port for it, too; without, only the balancer's own addresses lead in
field-service-health-check = the port at which each node tells the balancer whether it has endpoints of the Service; given once, it stays
field-service-external-policy = Local sends what comes from outside to endpoints of the same node only, and keeps the client's address
field-service-internal-policy = Local sends what comes from Pods to endpoints of their own node only
field-service-affinity = ClientIP sends a client to the endpoint that it had before
field-service-affinity-timeout = seconds after which a client that was silent may get another endpoint
field-service-distribution = which endpoints each node prefers, by hints in the EndpointSlices
field-service-topology-mode = Auto has hints share the endpoints out among zones by their CPUs, if there are enough; it goes before trafficDistribution
field-service-publish-not-ready = endpoints count as ready before they are
field-service-external-ips = more addresses that the nodes take packets for; nobody checks who owns them
field-service-ingress = what a load balancer is reached by; a cloud would write it
field-service-ingress-mode = VIP keeps the address in the packet, so that nodes answer for it; Proxy does not
field-service-source-ranges = from where the load balancer's addresses may be reached; empty is from everywhere
field-service-proxy-name = with any name here, kube-proxy leaves the Service to a proxy of that name and writes no rules
field-service-headless-label = with this label, whatever its value, kube-proxy passes the Service over
field-deployment-replicas = how many Pods run at once
field-deployment-labels = labels of its Pods, by which Services select them
field-deployment-ports = where the Pods listen; a Service may name a port by its name, as in http=8080
field-deployment-probe = whether Pods are probed before they count as ready; without it they do at once
field-deployment-nodes = labels of the nodes that its Pods may run on; empty allows all nodes
field-deployment-strategy = whether a new version takes over bit by bit, or after all old Pods have ended
field-stateful-first = the number of its first Pod; those before it end
field-stateful-partition = a changed Pod template is rolled out to Pods from this number on, counted from the first; those before it keep the old one
field-daemon-unavailable = on how many nodes, or which share of them, the old Pod may be gone while the new one starts; other than 0 it sets maxSurge to 0
field-daemon-surge = on how many nodes, or which share of them, the new Pod starts beside the old one, which goes when the new one is ready; other than 0 it sets maxUnavailable to 0
field-update-strategy = whether a changed Pod template replaces the Pods one after another, or each only when somebody deletes it
field-template-labels = labels of its Pods, by which Services select them; a ReplicaSet does not replace its Pods when its template changes, so they stay
field-slice-addresses = where packets for the Service are sent on to, address by address
field-slice-ready = whether the endpoints take new connections; nobody probes what is made by hand
field-slice-port = the port at these addresses for the port of the Service that has the same name
field-proxy-mode = which datapath the cluster uses; the lanes show all three
field-proxy-scheduler = how the kernel's IPVS picks the endpoint of a new connection
field-proxy-node-port-addresses = the nodes' addresses that NodePorts answer at, as ranges or primary; empty is all
field-proxy-masquerade-all-iptables = in iptables and IPVS mode, whatever is sent to a ClusterIP gets the node's address as its source
field-proxy-masquerade-all-nftables = in nftables mode, whatever is sent to a ClusterIP gets the node's address as its source
field-proxy-localhost = in iptables mode, NodePorts answer at 127.0.0.1 too
field-node-zone = where the node stands, for Services that prefer endpoints of the same zone
field-node-cpu = its processors, by which topology-mode Auto shares endpoints between zones

## What can be added, and the fields of what is new

blank-service = an address and a name for Pods, or for endpoints that you list yourself
blank-slice = endpoints of a Service without a selector, such as a database outside of the cluster
blank-deployment = Pods of one kind, as many as you want
blank-node = one more machine, with a kube-proxy of its own
blank-client = a Pod on a node of your choice that sends packets and serves nobody
new-namespace = in which namespace; there need be none yet
new-service-name = by which DNS knows it
new-service-type = from where it can be reached: inside, by a port of every node, or by a load balancer
new-service-address = empty has the API server choose a free one; None makes it headless, with names in DNS and no rules
new-service-families = IPv4, IPv6 or both; not set is the first one of the cluster
new-service-selector = whose Pods are its endpoints; empty where you list the endpoints in EndpointSlices
new-service-port-name = may stay empty while it has one port only
new-service-protocol = what its port speaks
new-slice-service = the Service whose endpoints these are
new-slice-name = any name
new-slice-addresses = where packets are sent on to, address by address
new-slice-port = the port at these addresses; of several, in the order of the Service's ports
new-deployment-name = by which its Pods are named
new-node-name = by which Pods are bound to it
new-node-addresses = where the other nodes find it
new-node-ranges = the range that its Pods get their addresses from
new-client-name = by which you choose it to send
new-client-node = the node that it runs on

## What cluster DNS answers

dns-address-as-name = the external name reads as an address, for which DNS has no alias: there is no answer
dns-alias = the name is an alias of another one. There is no address to translate and there are no endpoints, so kube-proxy writes no rules for an ExternalName Service
dns-cluster-ip = the name stands for the ClusterIP, whether endpoints are ready or not: which of them answers is decided by kube-proxy's rules
dns-headless-empty = a headless Service has no address of its own, and none of its endpoints is ready: the name does not exist. kube-proxy writes no rules for it
dns-headless = a headless Service has no address of its own, so kube-proxy writes no rules for it: the name stands for all ready endpoints, and the client chooses one and sends to it directly

## What people and controllers do, behind a name such as “user” or “kubelet” and a colon

does-nothing = does nothing
does-wait = waits { $seconds } seconds
does-create = creates { $object }
does-change = changes { $object }
does-delete = deletes { $object }
does-scale = scales { $object } from { $from } to { $to }
does-restart = restarts { $object }, which changes its Pod template
does-configure = changes kube-proxy's ConfigMap and restarts its DaemonSet
does-probe-succeed = the readiness probe of Pod { $pod } succeeds again
does-probe-fail = the readiness probe of Pod { $pod } fails
does-delete-slices = deletes the endpoint slices that Service { $service } owned
does-delete-sets = deletes the ReplicaSets that { $owner } owned
# $pods is one of the lists of Pods further down, here and below.
does-delete-owned = deletes { $pods } that { $owner } owned
does-delete-orphans = deletes { $pods }, whose node { $node } has been gone for { $seconds } s
does-create-pods = creates { $pods } of { $owner }
does-delete-pods = deletes { $pods } of { $owner }
does-release-pods = lets go of { $pods }, which { $owner } does not select
does-adopt-pods = makes { $owner } the owner of { $pods }, which it selects
does-create-set = creates ReplicaSet { $set } with { $replicas ->
    [one] { $replicas } replica
   *[other] { $replicas } replicas
  }
does-scale-set = scales ReplicaSet { $set } of Deployment { $deployment } from { $from } to { $to }
# $parts is one of the next three, or several of them joined.
does-slices = { $parts } endpoint { $slices ->
    [one] slice
   *[other] slices
  } of Service { $service }
does-slices-without-hints = { $what }, without topology hints: { $event }
does-create-count = creates { $count }
does-update-count = updates { $count }
does-delete-count = deletes { $count }
does-and-does = { $one }, { $other }
does-mirror = makes the endpoint slices that go with Endpoints { $name }
does-start = { $pods } { $count ->
    [one] starts
   *[other] start
  }
does-become-ready = { $pods } { $count ->
    [one] becomes ready
   *[other] become ready
  }
does-end = { $pods } { $count ->
    [one] has ended
   *[other] have ended
  }
does-and-also = { $one }; { $other }
does-go = { $pods } goes to { $node }
does-spread = { $pods } go to { $nodes }
does-report = the kubelet of { $node } reports again
does-uncordon = uncordons { $node }
does-cordon = cordons { $node }
does-evict = evicts { $pods } from { $node }
does-lose = hears nothing from { $node } for { $seconds } s: its condition Ready becomes Unknown
does-mark-pods = marks the Pods on { $node } as not ready
does-delete-lost = deletes { $pods } after { $seconds } s on the lost node { $node }
pods-one = Pod { $name }
pods-few = Pods { $first } and { $last }
pods-many = { $count } Pods
nodes-listed = { $nodes }{ $more ->
    [yes] {" "}and others
   *[no] {""}
  }

## Why an action is not done

refused-not-found = there is no { $object }
refused-daemon-set = DaemonSet { $name } cannot be scaled: it has one Pod on each node that it fits on
refused-replica-set = ReplicaSet { $name } cannot be restarted: it does not replace its Pods when its template changes
refused-too-many-pods = { $replicas } Pods are more than the lab makes: { $most } at most
refused-no-probe = Pod { $pod } has no readiness probe: the kubelet takes it as ready for as long as it runs
refused-not-running = Pod { $pod } does not run, so it is not probed
# $said is what the API server says, in its own words.
refused-by-api-server = the API server refuses it: { $said }
# The same of kube-proxy.
refused-by-kube-proxy = the API server would keep this ConfigMap, but no kube-proxy starts with it: { $said }
refused-passed-over = kube-proxy would start and pass this over: { $said }
refused-exists = metadata.name: { $object } already exists: choose another name
refused-replicas = { $object } has { $replicas } replicas already
refused-probe-succeeds = the readiness probe of Pod { $pod } succeeds already
refused-probe-fails = the readiness probe of Pod { $pod } fails already
refused-so-already = { $object } is so already
refused-configured = kube-proxy is configured so already
refused-deleting = Pod { $pod } is being deleted already
refused-not-ready = Node { $node } is not ready already
refused-ready = Node { $node } is ready already
refused-not-cordoned = Node { $node } is not cordoned
refused-load = the lab's own { $tool } refused what kube-proxy of { $node } wrote, which is a defect of the lab

## What files to take away are

export-services = The Services. kubectl leaves their status alone: addresses of load balancers are written by whoever made them.
export-slices = The EndpointSlices. For a Service with a selector the control plane makes them itself: apply only those of Services without one.
export-nodes = The Nodes, for reading them into the lab again: in a cluster the kubelets register them.
export-workloads = The workloads, for reading them into the lab again: it does not know their images, without which an API server refuses them.
export-pods = The Pods, for reading them into the lab again: in a cluster the controllers make them.
export-configuration = kube-proxy's ConfigMap, as kubeadm names it; it serves all nodes.
export-restore = All { $program } rules of the node, complete, for { $program }-restore.
export-commands = One { $program } command for each chain and rule, to read and to try one at a time.
export-nft = All nftables tables of the node, as `nft list ruleset` prints them, for nft -f.
export-ipset = All sets with their elements, for ipset restore; load it before the rules.
export-ipset-commands = One ipset command for each set and element.
export-ipvsadm = All virtual services with their real servers. It begins with no comments, as ipvsadm takes none. Needs: { $modules }. Load: ipvsadm -R < { $name }. Undo: { $undo }.
export-ipvsadm-commands = One ipvsadm command for each virtual service and real server.
export-addresses = The kernel modules, settings and addresses of kube-ipvs0 that IPVS mode needs; run it first.

## What is wrong with an address that was typed

ask-protocol = "{ $given }" is no protocol that can be asked: expected tcp, udp, sctp, or icmp for a ping
ask-destination = "{ $given }" is no address with a port: expected one like 10.96.0.1:80 or [fd00::1]:80
ask-source = "{ $given }" is no address: expected one like 10.0.0.5 or fd00::5
ask-device = there is no device "{ $given }" in the text
ask-own = { $address } is the node's own: choose its process
ask-no-way = the node has no way to { $address }: say which device it is behind
ask-outside = "{ $given }" is no address: expected one like 198.51.100.7, of a machine outside of the cluster
ask-no-pod = { $address } is of { $node }'s range of Pods, and no Pod has it: add a client Pod

## Lessons

lesson-no-client = this lab has no client “{ $client }”
lesson-no-target = this lab has no target “{ $target }”
lesson-no-address = { $client } has no address of the target's family
lesson-not-connected = no connection is open
learn-note = Short lessons and challenges. Predict what happens, run it, and see: the model is the judge.
learn-loading = Loading the lessons…
learn-minutes = { $minutes ->
    [one] { $minutes } minute
   *[other] { $minutes } minutes
 }
learn-done-of = { $done } of { $all } steps done
learn-solved-in = { $actions ->
    [one] Solved with { $actions } action
   *[other] Solved with { $actions } actions
 } (fewest known: { $par })
learn-beliefs = What people believe
learn-beliefs-note = Widespread, and not so. Each can be tried in a lesson or a challenge.
learn-belief = Belief
learn-fact = What is so
learn-try = Try it
learn-leave = Leave the lesson and stay in its lab
learn-printed = What was typed and printed
worksheet-print = Print a work sheet of this lesson
worksheet-name = Name
worksheet-date = Date
worksheet-because = Because
worksheet-seen = What happened
worksheet-found = What it was
worksheet-mended = What I did, in how many actions
learn-before = Back
learn-next = Next
learn-more = All lessons
learn-place = { $at } of { $all }
learn-predict = Predict
learn-predict-first = Choose an answer first.
learn-run = Run it
learn-again = Run it again
learn-deeds = { $count ->
    [one] What will be run: { $count } command
   *[other] What will be run: { $count } commands
 }
learn-undone = This could not be run: { $why }.
learn-right = As you said.
learn-otherwise = It is otherwise. Step through the lanes to see why.
learn-otherwise-unsent = It is otherwise. Read on to see why.
learn-none = As the lab is now, none of the answers holds.
learn-is-so = so it is
learn-is-not-so = not so
learn-hint = Hint { $number }.
learn-give-hint = Give me a hint
learn-start-again = Start again
learn-actions = { $actions ->
    [one] { $actions } action so far
   *[other] { $actions } actions so far
 }; fewest known: { $par }
learn-solved = { $actions ->
    [one] Solved with { $actions } action.
   *[other] Solved with { $actions } actions.
 } Fewest known: { $par }.
goal-title = What has to be so
goal-note = Tried on a copy of your lab: { $met } of { $all } hold.
goal-met = so it is
goal-unmet = not yet
goal-undone = cannot be done: { $why }
goal-in-every = in every lane { $fact }
goal-not-in-every = not in every lane { $fact }
goal-in-any = in at least one lane { $fact }
goal-in-none = in no lane { $fact }
goal-in-one = in the lane { $lane } { $fact }
goal-not-in-one = not so in the lane { $lane }: { $fact }
goal-not = not so: { $claim }
goal-answered = the packet is answered
goal-rejected = the packet is rejected
goal-dropped = the packet is dropped
goal-refused = the server's machine says that nobody listens
goal-mismatched = the answer comes from another address than was asked
goal-passed = the packet passes { $hook }
goal-chose-at = the backend is chosen at { $hook }
goal-entered = the packet comes into a certain chain
goal-matched = the packet matches a certain rule
goal-lists = a certain text is listed on a node
goal-tracks = a certain connection is in the tables
goal-reached = the packet reaches { $text }
goal-rewrote-source = the packet's source is rewritten
goal-rewrote-destination = the packet's destination is rewritten
goal-skipped-nat = the chains of NAT are not visited
goal-same-server = two packets reach the same server
goal-invalid = conntrack calls a packet invalid
goal-printed = the last line that is typed prints “{ $text }”
goal-failed = the last line that is typed fails
goal-true = true
goal-false = false
goal-compare = { $left } { $sign } { $right }
goal-number = { $number }
goal-times = { $times } × { $counted }
goal-counted = { $what } in the lane { $lane }
goal-count-rules = rules that the packet is held against
goal-count-tests = tests of its fields
goal-count-lookups = lookups
goal-count-rewrites = rewrites
goal-count-nodes = nodes that it passes
goal-count-entries = entries of conntrack
goal-count-connections = entries of IPVS's connections
goal-count-answers = servers that may answer
goal-count-chance = the chance of the likeliest server
goal-count-least-chance = the chance of the least likely server
goal-count-lines = lines that kube-proxy writes
goal-count-bytes = bytes that kube-proxy writes
goal-count-listed = lines that the tools list
mistakes-title = { $count ->
    [one] One mistake in the lesson
   *[other] { $count } mistakes in the lesson
 }
mistakes-where = Line and column are those of its file. Correct it and open it again.
mistakes-close = Close the list of mistakes
learn-save-scenario = Save as scenario
notice-no-lessons = The lessons could not be loaded. Are you offline, and have you not opened them before?
notice-no-lesson = There is no lesson “{ $name }”.
## The command line

shell-advice = Expected { $expected }. To do: { $advice }.
shell-bare-dry-run = kubectl writes into its log that --dry-run alone is deprecated: write --dry-run=client.
shell-not-modelled = The lab's { $tool } does not have this: { $what }.
shell-place-gone = There is no { $place } any more, or it is down. Choose another place.
shell-no-bash = The lab's shell does not have this: { $what }.
shell-no-files = { $name } is not here: a machine has the files that were written on it in this lab, as with iptables-save > rules. Programs also read from a pipe or a here-document, as in cat <<EOF | kubectl apply -f -
shell-see-help = The lab does not have this program. "help" lists those that it has.
shell-only-on-nodes = { $name } works on a node's own rules; a container has neither the program nor the rights. Go to a node, for example with "exit" or with the list of places.
shell-help = These work here, on the lab's own nodes, and print what they print on Debian 12. Commands may be joined by |, ;, && and ||; Tab completes, ↑ and ↓ bring earlier lines back.
shell-conntrack-module = { $name } was merged into nf_conntrack in Linux 4.19: no later kernel has it, and kube-proxy does not ask for it any more.
shell-modules-built-in = The lab's kernel has it built in, so there was nothing to load.
shell-lsmod = The lab's kernel has everything built in; lsmod lists only what was loaded as a module.
shell-no-such-table = { $name } is none of the tables: raw, mangle, nat, filter and security.
shell-needs-input = It waits for its input, which the lab does not have a keyboard for: pipe it in, or write <<EOF behind the command, the lines, and EOF.
shell-at = At { $place }: { $message }
shell-bridge-ports =
    { $count ->
        [0] No bridge of this node has ports.
       *[other] What the lab keeps of the ports: { $ports }
    }
shell-no-cluster = This lab is one copied node: there is no API server behind it.
shell-no-images = The lab keeps no names and images of containers: these columns are left out.
shell-follows = It goes on watching while you type and do things in the page: each object that is another one then is printed as it has become, which a real cluster does at each stage between. Ctrl C ends it.
shell-watches = Nothing changes here while nobody does anything, so that kubectl would wait: here the lab pressed Ctrl-C.
shell-set-image = The lab keeps no images, so that another one changes nothing here. kubectl rollout restart replaces the Pods in the same way.
shell-kubectl-below = { $command } has these commands below it: { $list }.
shell-kubectl-flags = The lab does not have the help texts of kubectl. Of the flags of { $command } it heeds these: { $list }.
shell-no-logs = No program runs in the lab's Pods, so that none of them has logged anything.
shell-proxies-restarted = The lab starts its kube-proxies together: each of them has started anew, in all three datapaths, with a full sync.
shell-own-proxy = { $name } is kube-proxy's own. The lab shows it as kubeadm makes it, and can only start kube-proxy anew: kubectl rollout restart ds kube-proxy -n kube-system
shell-merge-patch = The lab merges as --type merge does: a list takes the place of the one before, where kubectl by itself would merge Services' ports and containers by their keys.
shell-kind-not-kept = A cluster has objects of kind { $kind }; the lab keeps none of them.
shell-other-kind = The lab has no objects of kind { $kind } (at { $place }).
shell-no-time = No time passes on the way of the lab's packets, so that every round trip takes 0 ms. They are in the lanes above.
shell-answered = { $server } answered, and saw { $address } as its client. What a server sends is its own: the lab has no text of it. The packets are in the lanes above.
shell-no-answer = The connection was opened, but the request got no answer. The lanes above show where it ended.
shell-interrupted = Nothing comes back, and the program waits: here the lab pressed Ctrl-C. The lanes above show where the packet ended.
shell-no-name = Cluster DNS has no { $name } for who asks here. Pods ask it, by full names such as web.shop.svc.cluster.local; nodes and machines outside ask others.
shell-curl-meter = curl's table of progress is left out: it counts bytes and seconds, of which the lab has none.
shell-curl-unknown = { $names } is left out: only a server's answer would tell, and the lab has no text of it.
shell-route-all = Of IPv6 nothing is listed here: the lab does not keep what a kernel has in its tables for groups and links. "ip -6 route" lists the table main.
shell-loop-end = Here the lab ended the loop: all loops of a line together go round { $count } times at most.
shell-neighbours = The lab's nodes know the hardware addresses of their Pods without asking, so that they are listed as PERMANENT here. A real node asks for them, and for those of other nodes, and lists them as REACHABLE or STALE.
shell-watch = On a screen of 80 columns. Nothing changes in the lab while nobody does anything, so that it looks again after each thing that you do or send, here and in the page, and prints a screen that is another one. Ctrl C ends it.
shell-watch-once = One look, on a screen of 80 columns:
shell-close = Close the command line
shell-clear = Clear
shell-place = Where the commands run
shell-nodes = Nodes
shell-pods = Pods
shell-outside = A machine outside
shell-datapath = Whose nodes
shell-log = Commands and what they printed
shell-input = Command
shell-hello = You are root on a node of the lab. Try iptables -t nat -S KUBE-SERVICES, nft list ruleset, ipvsadm -Ln, kubectl get svc -A, or help.
shell-hint = Enter runs it, Tab completes, ↑ brings the last line back, Ctrl R one with what is typed, Ctrl L clears, Esc closes.
end-delivered = The packet arrived at { $server }; nothing is sent back.
end-delivered-why = It is the last acknowledgement of a connection that both sides have closed.
ask-port = “{ $given }” is no port: expected a number from 1 to 65535
send-unknown = No Service has “{ $wanted }” in its name or address.
## Figures in other pages

embed-no-client = there is no client "{ $given }": expected the name of a Pod or Node, "outside", or an address; there are { $known }
embed-no-target = there is no Service "{ $given }": expected namespace/name, or an address with a port like 10.96.0.1:80/tcp; there are { $known }
embed-no-port = there is no port { $given }: expected one of { $known }
embed-no-command = there is no command "{ $given }": expected one that the lab prints for an action, like kubectl scale deployment/web -n shop --replicas=4
embed-no-scenario = There is no scenario "{ $given }". Expected one of: { $known }.
embed-wrong-word = The attribute { $attribute } has "{ $given }". Expected one of: { $expected }.
embed-wrong-step = The attribute step has "{ $given }". Expected a whole number from 0, or "last".
embed-broken-file = The saved lab of this figure cannot be read: { $why }.
embed-broken-link = The link of this figure cannot be read: { $why }.
embed-no-link = The link of this figure is none of the lab's: its fragment begins with v1.
embed-broken-lesson = The lesson or scenario of this figure has mistakes:
embed-refused = The text of this figure is no cluster:
embed-trouble = This figure of Datapath Lab cannot be shown
embed-open = Open in the lab
embed-unreachable = The text of this figure could not be had from { $address }: { $why }
embed-foreign = The text of this figure is on another site, { $address }: only one of the same site as the page is taken
embed-versions = This page loads two versions of Datapath Lab, { $one } and { $other }. Only one can be shown: let all its scripts be of the same version.
embed-title = In another page
embed-note = This lab as a live figure, at the step that you see. The reader steps through it there, and comes here with “Open in the lab”.
embed-element = Element
embed-element-note = For pages that may load scripts. It needs the folder “package” beside this lab, or the npm package datapath-lab.
embed-frame = Frame
embed-frame-note = For places that allow no scripts.
embed-preview = What it looks like
embed-width = The preview is as wide as
embed-width-all = what there is room for
embed-width-page = a column of text
embed-width-phone = a phone
embed-view = Part
embed-view-full = The lanes
embed-view-lane = One lane
embed-view-trace = The steps
embed-view-rules = The rules
embed-view-graph = The chains
embed-view-chart = The cost chart
embed-all = all
embed-controls = Controls
embed-controls-all = packets and steps
embed-controls-steps = steps
embed-controls-none = none
embed-of-page = that of the page
embed-height = Height in pixels
still-sent = { $source } sends { $protocol } to { $destination }.
still-arrived = arrived as { $source } → { $destination }
still-cost = on the way there, rules: { $rules }, look-ups: { $probes }, fields rewritten: { $rewrites }
still-map = The way through { $node }: { $spots }
embed-still = With a still picture
embed-still-note = The still picture in it stands in the page until the figure starts, without JavaScript, and on paper.
learn-tour = Tour of the page
export-own-machine = The whole cluster on a Linux machine of your own
export-namespaces = Every node and pod as a network namespace, with these rules: it builds them (up), sends what was sent here (send), and removes them (down). Compare who answers, and whom the server saw.
export-no-namespaces = Of this lab there is no such script: a copied node does not say what is around it, and Flannel's devices are not built.

# Who answers for an address on a link (ARP)
neighbour-node = { $node }
neighbour-outside = The sender’s network
neighbour-answers = { $by } asks on the link who has { $address }: { $first } answers.
neighbour-several-answer = { $by } asks on the link who has { $address }: { $nodes } answer. The first to be heard is { $first }, and it gets the packet.
neighbour-silent = { $by } asks on the link who has { $address }: nobody answers. The packet comes only from one who knows this node as its next hop, as the balancer of direct routing does.
neighbour-answers-why = A machine answers ARP for each of its addresses, whatever device they are on (arp_ignore is 0).
neighbour-several-answer-why = With arp_ignore at 0 a machine answers ARP for each of its addresses, whatever device they are on. So a real server that has the virtual address on lo takes packets from the balancer. arp_ignore = 1 keeps it silent, arp_announce = 2 keeps it from giving the address away when it asks itself.
neighbour-silent-why = Has the address too and keeps silent, for its arp_ignore: { $silent }. Silent machines get what the balancer sends to them, and nothing else.

# ---- The command line: what it was given later ----
shell-listening = { $line } listens from now on, while you type and send: here and in every line, it prints what happens on this node. Ctrl C ends it. What the lab’s packets do not have is left out: hardware addresses, identifiers, windows; and the numbers of processes.
shell-monitor-rules = The lab’s nft listens to packets only: nft monitor trace, with a rule that marks them: nft add rule … meta nftrace set 1
shell-listens = Listening: { $lines }
shell-stop = Stop
shell-editing = { $what } is open below. Save it, or leave it as it is and cancel. In a line by itself: KUBE_EDITOR='sed -i s/a/b/' kubectl edit …
shell-edit-text = The text that kubectl edit opened
shell-edit-save = Save
shell-edit-cancel = Cancel
shell-edit-hint = Ctrl Enter saves, Esc cancels.
shell-described-part = The lab keeps no containers, volumes, conditions and sizes of these: their lines are left out.
shell-interrupted-rollout = It waits for that, and nothing more comes of itself: here the lab pressed Ctrl-C.
shell-nft-variant = On the lab’s nodes iptables is iptables-legacy (update-alternatives chose it), and kube-proxy’s rules are there. Rules of { $name } would be others, in nftables beside them, and a packet would pass both; the lab keeps none. Write them with iptables, or with nft: iptables-translate says how.
shell-sysctl-some = These are the settings that the lab’s nodes have; a kernel has hundreds more.
shell-sysctl-unknown = The lab’s nodes do not have the setting { $name }. "sysctl -a" lists those that they have.
shell-sysctl-expected = { $name } takes { $expected }.
shell-sysctl-without-effect = { $name } has no effect here: { $why }.
shell-listens-piped = { $line } goes on listening beside the line, so that nothing can read from it through a pipe here: run it alone.

## Copies of packets

copy-begins = A copy of the packet begins its own way, to { $to }: { $packet }
copy-begins-why = The rule sends a copy and lets the packet go on. No connection counts the copy, and the rules of this node see it as a packet of the node itself.
copy-original = The copy is on its way; the packet that it was made of goes on
copy-original-why = The rule that copied it has no verdict: the original is tested by the rules that follow.

# ---- The command line: kube-proxy's ConfigMap ----
shell-does-edit-configuration = changes kube-proxy's ConfigMap
shell-edited-configuration = Each kube-proxy goes on with what it read when it started. This brings the new configuration: kubectl rollout restart ds kube-proxy -n kube-system
shell-edited-mode = Each lane stays the mode that it stands for: all three always run, beside each other. The one that the ConfigMap names is { $mode } now, and after a restart, "What is assumed and simplified" says so.
shell-conntrack-statistics = The lab's nodes count as a machine with one processor does, and do not count found, error, search_restart and chaintoolong.

## What seldom happens to a packet

step-found-why-ranges = Ranges cannot be hashed: the kernel keeps them in order (nft_set_rbtree, nft_set_pipapo), and a look-up grows with the logarithm of their number.
step-found-why-list = The sets of the list are asked one after the other, up to the first that has the key.
step-martian = Dropped as a martian: { $reason }.
step-martian-why = The kernel takes such a packet for forged; it is not logged unless log_martians is set.
step-rejected = Rejected with { $with }: dropped, and the sender is told.
step-rejected-why = The kernel makes the answer itself and sends it back through the routing and the hooks of this node; the sender learns at once what a drop would have it wait for.
step-answered = The node answers by itself: { $packet }.
step-answered-why = No process has seen the packet: the kernel makes the answer, which goes its own way from here on.
step-not-modelled = Not modelled: { $what }. The rule is taken as not matching.
step-not-modelled-why = The lab keeps what it does not know and says so; a real node may do otherwise here.
step-fragment-held = The fragment is kept until the others of its datagram are here.
step-fragment-held-why = Conntrack has datagrams put together before it looks at them, so that no rule sees a part without ports.
step-reassembled = All fragments are here: the datagram goes on as one packet.
step-reassembled-why = It is taken apart again when it leaves.
step-fragmented = The packet leaves in { $count } fragments.
step-fragmented-why = No part is longer than the device takes, nor than those that it came in.
step-encapsulated = The overlay puts the packet into one of UDP, from node to node.
step-encapsulated-why = The packet around it passes OUTPUT and POSTROUTING of its own, with a connection of its own; the mark stays.
step-decapsulated = The overlay takes the packet out of the one around it.
step-decapsulated-why = It comes in by the overlay's device and begins at PREROUTING.
step-switched = The bridge { $bridge } hands the frame to its port { $port }.
step-switched-why = A bridge goes by hardware addresses: the hops left stay as they are.
step-frame-dropped = The frame is dropped: { $reason }.
step-frame-dropped-why = Below IP nobody answers, and nothing is logged.
step-connection-invalid = Conntrack finds the packet INVALID: { $reason }.
step-connection-invalid-why = It belongs to no connection and may open none, so that NAT leaves it alone; rules can ask for this state.
fault-loopback-destination = a loopback address as destination, from outside
fault-loopback-source = a loopback address as source, from outside
fault-loopback-source-leaves = a loopback address as source, on its way out
fault-source-of-many = a source that is not one machine
fault-group-not-joined = a group that nobody on this node has joined
fault-own-source = this node’s own address as source, from outside
fault-no-way-back = an answer would not leave by this device (rp_filter)
fault-does-not-forward = not for this node, which does not forward (ip_forward)
fault-own-overlay-packet = the device sent it itself
fault-too-long-for-port = it is longer than its port takes
fault-unknown-peer = nobody has told the device who is at the other end
fault-dead-loop = the device sends its own packets by itself, without end (“Dead loop on virtual device”)
fault-no-bridge = there is no such bridge
fault-turns-back = it would turn back by the port that it came by, which is no hairpin
fault-nobody-has-address = nobody on the bridge says that the address is theirs (ARP, neighbour discovery)
fault-no-other-port = the bridge has no other port
fault-fragment-alone = a fragment that could not be put together with others
fault-error-to-another = ICMP error that is not sent to the connection’s own end
fault-error-of-nothing = ICMP error for a packet of no known connection
fault-echo-reply-alone = an echo reply that answers no request
fault-sctp-out-of-the-blue = an SCTP packet out of the blue that nothing answers
fault-sctp-init-with-tag = an INIT with a verification tag
fault-sctp-begins-nothing = nothing that may begin an SCTP association
fault-sctp-wrong-tag = an SCTP packet with another verification tag
fault-sctp-without-chunks = an SCTP packet without chunks
fault-sctp-chunks-apart = SCTP chunks that do not go together
fault-sctp-chunk-out-of-place = an SCTP chunk that makes no sense in the association’s state
fault-sctp-other-init-ack = an INIT ACK with another tag than the one before
fault-tcp-ack-alone = an ACK of no known connection, which begins none (nf_conntrack_tcp_loose=0)
fault-tcp-begins-nothing = neither a SYN nor an ACK: cannot begin a TCP connection
fault-tcp-flags-out-of-place = TCP flags that make no sense in the connection’s state
step-conntrack-full = The conntrack table is full, and the packet is dropped.
step-conntrack-full-why = The kernel's log says "nf_conntrack: table full, dropping packet"; net.netfilter.nf_conntrack_max is the limit.
step-overtaken = Before this connection enters the table, the other packet of the flow passes on another processor.
step-overtaken-why = A new connection enters the table at the end of its first packet's way (nf_conntrack_confirm). Until then the other packet does not find it, opens a connection of its own, and chooses a backend of its own.
step-insert-failed = The connection cannot enter the table: another one of the same flow is there.
step-insert-failed-why = The kernel drops the packet and counts it as insert_failed (conntrack -S). Packets of UDP are spared: they go on with the connection that is there, or beside it (nf_ct_resolve_clash).
step-entry-clashes = Another connection of this flow is in the table, with another backend: this one enters for its answers only.
step-entry-clashes-why = It is kept for one second and found by its answers alone; the flow's next packets go with the other one (nf_ct_resolve_clash_harder). Kernels before 2020 dropped the packet here, and a resolver waited five seconds to ask again.
end-refused = Refused by { $by }
end-refused-why = The packet arrived, but no process listens at the port: the kernel there answers with { $said }.
end-reset = Connection reset by { $by }
end-reset-why = No process there has this connection: its SYN never came here, or it is over. The kernel answers with { $said }.
end-rejected = Rejected on { $by }
end-rejected-why = The node turned the packet away and told the client, so it fails at once.
end-mismatched = Reset by the client: it expected { $expected }
end-mismatched-why = The answer came from an address that the client never asked.
end-dropped = Dropped on { $by }
end-dropped-why = The client hears nothing and waits until it gives up.
end-reply-lost = Answer lost on { $by }
end-reply-lost-why = The packet arrived; the answer did not come home.
end-node-down = Lost: { $node } is down
end-node-down-why = Nobody picks the packet up. The rules still lead there until the control plane notices.
end-no-route = No route from { $place }
end-no-route-why = No machine out there has a route to it: the address is known inside the cluster only, or belongs to a load balancer that ends the connection itself (ipMode: Proxy).
end-no-route-back = No route back from { $place }
end-no-route-back-why = The packet arrived; the answer is for an address inside the cluster, to which no machine out there has a route.
end-unknown = Left the cluster for { $address }, which nobody is known to have
end-unknown-why = No rule gave the packet another destination, so that it went out by the node’s default route. A router out there knows no address of a Service or a Pod unless somebody announces it; of other machines the lab knows those that are endpoints.
end-looped = Passed around without end
end-looped-why = Each node sends it on to the next.

## Why a step happens, on demand

step-arrived-why = Packets from outside the node's own processes begin at PREROUTING.
step-sent-why = Packets of local processes begin at routing, then OUTPUT.
step-hop-why = { $why } { $hop }
step-hop-why-ip = A router takes one off the TTL (IPv6: hop limit) before it calls FORWARD (ip_forward, ip6_forward), so that no packet goes in circles for ever.
step-hop-why-ipvs = IPVS sends the packet on itself, past ip_forward: it takes one off the TTL (IPv6: hop limit) as soon as it has a route to the real server (decrement_ttl in ip_vs_xmit.c), before it rewrites the header.
hook-prerouting-why = Here conntrack looks the connection up, and DNAT may still change where the packet goes.
hook-input-why = The destination is an address of this node. IPVS works here: that is why its addresses are bound to kube-ipvs0.
hook-forward-why = The destination is elsewhere. Forwarded packets pass neither INPUT nor OUTPUT.
hook-output-why = DNAT for local processes happens here, since they never pass PREROUTING.
hook-postrouting-why = The way is known, so this is where the source may be rewritten.
step-base-chain-why = Functions at a hook run in the order of their priorities, whichever tool registered them.
step-chain-why = The matching rule jumps there.
step-chain-ends-why = A chain that has no verdict for a packet hands it back to where it was jumped from.
step-chain-returns-why = A rule with RETURN, or return, leaves the rest of its chain alone; the caller goes on.
step-chain-policy-why = Only a base chain has a policy: what becomes of the packets about which none of its rules has decided. It is to accept unless somebody has changed it.
step-chain-decided-why = An accept ends the base chain, with every chain that led here; the next function of the hook has its turn.
step-rule-matches-why = Its target is carried out.
step-rules-missed-why-iptables = The first test that fails ends a rule; on to the next one. iptables has no index over the rules of a chain: it tries them in turn.
step-rules-missed-why-nftables = The first test that fails ends a rule; on to the next one. nftables, too, tries the rules of a chain in turn: only sets and maps are indexed.
step-found-why = A hash look-up costs the same however many entries there are: one bucket is read. Which one depends on a number that the kernel drew for this table, so that only the kernel knows.
step-found-why-prefixes = One hash look-up for each prefix length in the set, however many networks there are.
step-found-why-bitmap = A bitmap: the key is the number of its bit, and only that one is read, however many are set.
step-found-why-ipvs-services = A hash table of 256 buckets (IP_VS_SVC_TAB_BITS): one of them is read, however many Services there are. Which one, only that kernel knows: ip_vs_svc_hashkey mixes in the address at which it keeps the network namespace.
step-found-why-ipvs-connections = A hash table of 4096 buckets, unless ip_vs was loaded with another conn_tab_bits than 12: one of them is read, however many connections there are. Which one, only that kernel knows: ip_vs_conn_hashkey mixes in a number that it drew when IPVS was loaded.
step-backend-nat-why = Chosen for the connection, not for the packet: conntrack remembers it.
step-backend-scheduler-why = IPVS's scheduler { $scheduler } picks it; the IPVS connection table remembers it.
step-backend-template-why = A persistence template of this client points to it.
step-mark-why = kube-proxy marks packets that must leave with the node's address; the mark is read again in POSTROUTING.
step-connection-mark-why = It stays with the connection.
step-request-destination-why = The Service's address is nobody's: the packet must carry the backend's own.
step-request-source-why = With the node's address as source, the answer must come back through this node.
step-reply-source-why = The client asked the Service's address and would take any other for a stranger's.
step-reply-destination-why = The answer to the node's address goes on to the real client.
step-routed-why = The longest matching prefix wins; local addresses come first.
step-assigned-why = Its addresses stay as they are; a policy rule has to route it to this node.
step-stolen-why = The rest of this hook never sees it. IPVS passes it to OUTPUT, marked as its own.
step-accepted-why = Another base chain can still drop it.
step-dropped-why = A dropped packet leaves no conntrack entry.
step-delivered-why = The packet came through INPUT: it goes to the socket that is bound to its address and port, and where there is none the kernel refuses.
step-out-why = The packet mark stays behind: it is not on the wire.
step-connection-new-why = It stays provisional until the packet has passed its last hook on this node.
step-connection-found-why = One look-up by addresses, ports and protocol.
step-connection-altered-why = Replies that look like this are recognised and translated back.
step-connection-confirmed-why = From now on its packets are found by one look-up, in both directions.
step-nat-skipped-why = NAT is decided for the first packet of a connection only; every later packet repeats it from conntrack.
