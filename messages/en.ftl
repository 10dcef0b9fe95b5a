### What the lab says, in English. The other files of this folder say the same in other languages.

## The page itself

page-name = Datapath Lab
page-promise = One packet, three datapaths: what kube-proxy’s rules really do with it.
page-loading = Loading the lab…
page-coming = The rest of the page is on its way…
page-rest = The rest of the lab could not be fetched. Try again? Without it the lab stops here; what you made is kept.
page-skip = Skip to the lanes
page-theme = Colours
page-keys = Keyboard shortcuts
page-drop = Drop to open
page-private = Everything runs in this page. Nothing leaves your browser.
page-theme-auto = auto
page-theme-light = light
page-theme-dark = dark
page-language = Language
page-language-auto = Language: auto
keep-close = Close
keep-open = Share
keep-title = Keep and share
learn-open = Learn
learn-title = Learn
shell-key = Open and close the command line
shell-open = Open the command line
shell-title = Command line
title-more = { $one }, { $other } and { $rest } more
tour-title = Tour

## When the program fails

crash-title = The lab failed
crash-body = This is a defect of the lab, not of your text. Your lab is kept in this browser as it was before the step that failed. Copy the report if you want to tell us about it.
crash-report = Report
crash-text = Your text
crash-save = Save the lab as a file
crash-again = Go on from the last good step

## Sending a packet

send-title = Send a packet
send-from = From
send-to = To Service
send-to-address = To
send-through = Through
send-change = Change
send-send = Send packet
send-next = Next packet of this connection
send-next-short = Next packet
send-pods = Client pods
send-processes = Processes on nodes
send-outside = Outside the cluster
send-balancers = Outside, by the load balancer of
send-no-balancer = By a load balancer: no Service has one (spec.type: LoadBalancer)
send-serving = Pods of Services
send-filter = Find a Service
send-no-target = This cluster has no Service with an address.
send-no-address = These rules name no address with a port: type one under “Another address”.
send-not-sent = Nothing was sent: this client has no address of the family that the Service’s address has.
send-a-machine = a machine
send-behind = Behind the node’s devices
send-other = Protocol, source port, another address
send-destination = Destination
send-source = Source
send-ask = Send there
send-process = process on { $node }
send-behind-device = behind { $device }
history-close = close the connection
keys-close-connection = Close the connection
send-close = Close this connection: FIN, FIN, and the last acknowledgement
send-close-short = Close
send-source-port = Source port
send-protocol = Protocol
send-as-chosen = as chosen
send-echo = ICMP echo (ping)
send-port-next = the next one
send-port-random = a random one
send-port-this = this one:
send-port-number = Number of the source port
send-again = Same flow again
send-again-why = A new packet of the same addresses and ports as the last connection’s: what the nodes remember of it is used again
send-twice = Two packets at once
send-twice-why = Two processors of the node take them through, and the second is faster, as when a resolver asks for both kinds of address by one socket

## Stepping through

transport-title = Stepping
transport-first = First step
transport-back = Step back
transport-step = Step
transport-over = Step over the chain
transport-over-what = Step over, in { $lane }: on to where the chain is left that the packet is in, or that this rule jumps to. The other lanes keep step.
transport-verdict = Run to the verdict
transport-verdict-what = Run, in { $lane }, to the next verdict: accepted, dropped or rejected by a rule, a policy or the kernel, or rewritten by NAT. The other lanes keep step.
transport-last = Last step
transport-play = Play
transport-pause = Pause
transport-pace = Speed
transport-scrub = Position
transport-stages = Go to
transport-packets = Packets of this connection
transport-position = { $at } of { $all }
transport-position-alone = { $lane }: { $at } of { $all }
transport-first-packet = First packet
transport-packet = Packet { $number }

## One lane: a datapath with the packet on it

lane-tabs = Datapath to show
lane-on-its-way = On its way
lane-nothing = Nothing sent yet
lane-run = Run the step of the lesson: then the packet's way is here.
lane-send = Send a packet: then its way is here.
lane-changed = The cluster has changed, and the rules with it. Send the next packet of this connection, or a new one.
lane-waits = waits for the others
lane-apart = Run apart
lane-apart-what = Buttons and keys move this lane alone while it is selected; the others stay where they are.
lane-together = Back together
lane-together-what = Back to where the other lanes are, and on with them.
lane-why = Why?
lane-why-close = Hide why
lane-kernel = In Linux { $version }:
lane-route = Nodes on the way
lane-header = Packet header
lane-source = Source
lane-destination = Destination
lane-protocol = Protocol
lane-ttl = TTL
lane-mark = Mark
lane-no-mark = none
lane-was = was
lane-steps = All steps
lane-no-steps = No node saw the packet.
lane-your-node = Your node
lane-motto-iptables = rules, one after the other
lane-motto-nftables = rules with verdict maps
lane-motto-ipvs = a load balancer in the kernel
lane-map = The packet is on { $node }: { $spot }
lane-map-empty = The hooks of a node. No packet was sent yet.
lane-earlier = { $count } earlier steps
lane-later = { $count } later steps

## Places on the map of hooks, which has room for a few letters only

spot-in = in
spot-out = out
spot-hook = { $hook }
spot-routing = routing
spot-process = process

## The listing of rules

ruleset-section = Part of the ruleset
ruleset-here = Back to the current rule
ruleset-graph = Back to the graph
ruleset-empty = No rules on this node.
ruleset-reading = Reading the rules…
ruleset-matched = matched
ruleset-missed = tested, no match
ruleset-dead = No packet comes here
ruleset-label = Ruleset of { $node } in { $mode } mode
ruleset-above = { $lines } lines above
ruleset-below = { $lines } lines below

## What the packet costs

cost-title = Cost so far
cost-rules = Rules visited
cost-rules-short = Rules
cost-matches = Tests in rules
cost-matches-short = Tests
cost-probes = Set, map look-ups
cost-probes-short = Look-ups
cost-connections = Conntrack look-ups
cost-connections-short = Conntrack
cost-rewrites = Fields rewritten
cost-rewrites-short = Rewrites
cost-time = Estimated ns
cost-time-short = ≈ ns
cost-time-note = The time is an estimate of what netfilter adds to the packet: the counts, each times what it took on a real kernel (Linux 6.18, one virtual core of an Intel Xeon, measured with these very rules for 1 to 10,000 Services; estimates are within 15 % of that). That kernel has no IPVS: of IPVS’s own work only the look-ups are in the time, so that it is too low.
cost-rules-unit = rules
cost-request = request
cost-reply = answer
cost-spoken = { $name }: { $now } so far, { $all } in all

## Undo and redo

history-title = Undo and redo
history-undo = Undo
history-redo = Redo
history-nothing = nothing
history-undo-what = Undo: { $what }
history-redo-what = Redo: { $what }
history-open = open { $title }
history-send = send to { $target }
history-send-twice = send two at once to { $target }
history-next = next packet
history-wait = let { $seconds } s pass
history-reading = Reading the lab…
history-replaying = Doing again what was done: { $done } of { $all } steps

## Stages on the packet’s way, by which the lanes are compared

stage-sent = Sent
stage-chosen = Backend chosen
stage-rewritten = Rewritten
stage-reached = Reached
stage-answering = Answering
stage-home = Home
# In place of Home, where the packet is dropped in every lane.
stage-ended = Ended

## Which of a Service’s addresses is used

through-cluster-ip = ClusterIP
through-node-port = NodePort of { $node }
through-external-ip = external IP
through-load-balancer = load balancer
through-address = address

## What happens to a packet, step by step. Under “-why” stands why, told on demand.

step-the-packet = The packet
step-the-answer = The answer
step-arrived = { $what } comes in to { $node } by { $device }.
step-arrived-from = { $what } comes in to { $node } from pod { $pod }, by { $device }.
step-sent = A process on { $node } sends the packet.
step-hook = { $hook }: the hook { $place }.
step-hop = { $told } One hop is counted: TTL { $from } → { $to }.
hook-prerouting = before routing
hook-input = on the way to this node itself
hook-forward = on the way through this node
hook-output = for packets that this node sends
hook-postrouting = last before the packet leaves
step-base-chain = Base chain { $chain } begins, at priority { $priority }.
step-chain = Into chain { $chain }.
step-chain-ends = { $chain } ends: back to the rule after the jump.
step-chain-returns = { $chain } returns early: back to the rule after the jump.
step-chain-policy = { $chain } ends: its policy decides.
step-chain-decided = { $chain } is decided.
step-rule-matches = The rule matches ({ $tests }).
step-rule-matches-drawn = The rule matches ({ $tests }): for “{ $test }” chance draws { $drawn }.
step-tests = { $tests ->
    [one] { $tests } test
   *[other] { $tests } tests
  }
# $failed is one of step-asks….
step-rule-missed = The rule does not match ({ $tests }): it asks for { $failed }.
step-rules-missed = { $count } rules of { $chain }, one after the other, do not match ({ $tests }). The first asks for { $failed }.
step-asks = “{ $test }”
step-asks-finds = “{ $test }” and finds { $found }
step-asks-finds-nothing = “{ $test }” and finds nothing of the kind
step-asks-draws = “{ $test }”, and chance draws { $drawn }
# $structure is the kernel's word: ipset, set, map, verdict map …
step-found = One look-up in { $structure } { $name }: { $key } is there → { $found }.
step-not-found = One look-up in { $structure } { $name }: { $key } is not there.
# $told is step-found or step-not-found.
step-drawn = Chance draws { $number } (“{ $by }”). { $told }
step-backend = Backend chosen: { $backend }.
step-backend-pod = Backend chosen: { $backend } (pod { $pod } on { $node }).
step-mark = The packet mark becomes { $to } (it was { $from }).
step-connection-mark = The connection mark becomes { $to } (it was { $from }).
step-source-rewritten = The source is rewritten: { $from } → { $to }.
step-destination-rewritten = The destination is rewritten: { $from } → { $to }.
step-routed-local = Routing: the destination is this node's own address, on { $device }.
step-routed-through = Routing: out by { $device }, through { $gateway }.
step-routed-straight = Routing: out by { $device }, straight to the destination.
step-routed-nowhere = Routing: no route to the destination.
step-routed-refused = Routing: a route refuses the destination: { $with }.
step-routed-blackhole = Routing: the route is a blackhole.
step-assigned = The packet belongs to { $socket }.
step-stolen = { $by } takes the packet out of the hook and sends it on itself.
step-accepted = Accepted by this base chain; the next function at the hook goes on.
step-dropped = Dropped. The client hears nothing.
step-delivered = A process on this node gets the packet.
step-out-to-pod = Out by { $device } to pod { $pod }.
step-out-to-node = Out by { $device } to { $node }.
step-out-towards = Out by { $device } towards { $hop }.
step-connection-new = Conntrack knows no such connection and begins { $connection }: { $tuple }.
step-connection-original = Conntrack finds connection { $connection }, in the original direction; the packet is { $info }.
step-connection-reply = Conntrack finds connection { $connection }, as a reply; the packet is { $info }.
step-connection-altered = Connection { $connection } now expects replies as { $reply }.
step-connection-confirmed = Connection { $connection } enters the conntrack table.
step-nat-skipped = The nat chains are not visited: connection { $connection } is already decided.

## How it ended for the client

end-answered = Answered by { $server }
end-answered-why = The answer carries the address that the client asked, so the client takes it.
# Who answers, with its address.
end-server = { $server } ({ $address })
place-pod = pod { $pod }
place-address = { $address }
place-process = a process on { $node }
place-kernel = the kernel of { $node }
place-some-process = a process
place-outside = outside the cluster
place-behind = someone behind { $device }
