### 本文件是实验室界面的简体中文文本，条目与 en.ftl 一一对应。
###
### { $name } 会在运行时填入，名称必须保留，次序可按中文语序调整。规则、命令、对象名、工具和 API 服务器的原话都是引文，不翻译。
### 术语随 Kubernetes 与 Linux 的中文文档：链、规则、节点、端点、数据包、连接跟踪、钩子；Service、Pod、EndpointSlice、conntrack 等保留英文。


## The page itself

page-name = Datapath Lab
page-promise = 一个数据包，三种数据路径：看 kube-proxy 的规则究竟如何处理它。
page-loading = 正在加载实验室…
page-rest = 实验室的其余部分无法获取。要重试吗？没有它，实验室只能停在这里；你所做的一切都会保留。
page-skip = 跳到各泳道
page-theme = 配色
page-keys = 键盘快捷键
page-drop = 松开即可打开
page-private = 一切都在本页面中运行，数据不会离开你的浏览器。
page-theme-auto = 自动
page-theme-light = 浅色
page-theme-dark = 深色
page-language = 语言
page-language-auto = 语言：自动

## When the program fails

crash-title = 实验室出错了
crash-body = 这是实验室自身的缺陷，与你的文本无关。出错那一步之前的状态已保存在本浏览器中。如果愿意告诉我们，请复制这份报告。
crash-report = 报告
crash-text = 你的文本
crash-save = 将实验保存为文件
crash-again = 从最后一个正常的步骤继续

## Sending a packet

send-title = 发送数据包
send-from = 来源
send-to = 目标 Service
send-to-address = 目标
send-through = 经由
send-send = 发送数据包
send-next = 此连接的下一个数据包
send-next-short = 下一个数据包
send-pods = 客户端 Pod
send-processes = 节点上的进程
send-outside = 集群外部
send-serving = Service 的 Pod
send-filter = 查找 Service
send-no-target = 此集群中没有带地址的 Service。
send-no-address = 这些规则中没有出现带端口的地址：请在“其他地址或端口”中输入一个。
send-not-sent = 没有发送：此客户端没有与该 Service 地址同族的 IP 地址。
send-a-machine = 一台机器
send-behind = 在节点各网络设备的另一侧
send-other = 其他地址或端口
send-destination = 目的地址
send-source = 源地址
send-ask = 发往该地址
send-process = { $node } 上的进程
send-behind-device = { $device } 的另一侧

## The tour

tour-title = 导览
tour-leave = 离开导览：再次打开时从这里继续
tour-back = 上一步
tour-next = 下一步
tour-again = 从头开始
tour-done = 完成
tour-place = 第 { $at } 站，共 { $all } 站
tour-send = 一个数据包，三种数据路径
tour-send-text = 一个 Pod 访问一个 Service。kube-proxy 有三种方式设置节点：同一个数据包在同一个集群中走三遍，每种方式一遍。请点击“发送数据包”。
tour-step = 逐步观察
tour-step-text = 每条泳道用一句话说明节点对数据包做了什么，并显示起作用的那条规则。请点击几次“单步”，或按右方向键。
tour-chosen = 谁来应答？
tour-chosen-text = Service 的地址不属于任何机器：节点会把它换成某个 Pod 的地址。iptables 逐条检查规则，nftables 在映射中查找，IPVS 则询问调度器。请点击“后端已选定”。
tour-home = 返程
tour-home-text = 应答沿原路返回，客户端始终不知道是哪个 Pod 应答的。每条泳道下方的条形统计了节点所做的工作。请点击“最后一步”。
tour-second = 第二个数据包
tour-second-text = 决定过一次的事情会被记住。请点击“下一个数据包”，比较它的开销。
tour-change = 轮到你了
tour-change-text = 扩缩 Deployment、让探针失败、添加 Service 或节点、腾空节点：你会看到谁通知了谁，以及每个 kube-proxy 写了什么。也可以在下方粘贴你自己的集群。任何操作都可以撤销。

## Stepping through

transport-title = 单步执行
transport-first = 第一步
transport-back = 后退一步
transport-step = 单步
transport-last = 最后一步
transport-play = 播放
transport-pause = 暂停
transport-pace = 速度
transport-scrub = 位置
transport-stages = 跳到
transport-packets = 此连接的数据包
transport-position = { $at } / { $all }
transport-first-packet = 第一个数据包
transport-packet = 数据包 { $number }

## One lane: a datapath with the packet on it

lane-tabs = 要显示的数据路径
lane-on-its-way = 在途中
lane-nothing = 尚未发送
lane-run = 运行课程的这一步，数据包的路径就会显示在这里。
lane-send = 发送一个数据包，它的路径就会显示在这里。
lane-changed = 集群已改变，规则也随之改变。请发送此连接的下一个数据包，或新建连接。
lane-waits = 正在等待其他泳道
lane-why = 为什么？
lane-why-close = 隐藏原因
lane-route = 途经的节点
lane-header = 数据包头部
lane-source = 源
lane-destination = 目的
lane-protocol = 协议
lane-ttl = TTL
lane-mark = 标记
lane-no-mark = 无
lane-was = 原为
lane-steps = 所有步骤
lane-no-steps = 没有节点见到这个数据包。
lane-your-node = 你的节点
lane-motto-iptables = 规则，一条接一条
lane-motto-nftables = 规则加判决映射
lane-motto-ipvs = 内核中的负载均衡器
lane-map = 数据包位于 { $node }：{ $spot }
lane-map-empty = 节点的各个钩子。还没有发送数据包。
lane-earlier = 前面还有 { $count } 步
lane-later = 后面还有 { $count } 步

## Places on the map of hooks, which has room for a few letters only

spot-in = 入
spot-out = 出
spot-hook = { $hook }
spot-routing = 路由
spot-process = 进程

## The listing of rules

ruleset-section = 规则集的部分
ruleset-here = 回到当前规则
ruleset-empty = 此节点上没有规则。
ruleset-reading = 正在读取规则…
ruleset-matched = 已匹配
ruleset-missed = 已检查，不匹配
ruleset-dead = 没有数据包会到达这里
ruleset-label = { $node } 在 { $mode } 模式下的规则集
ruleset-above = 上方 { $lines } 行
ruleset-below = 下方 { $lines } 行

## Why a line of the listing is there

because-title = 为什么有这一行
because-because = 缘于
because-always = kube-proxy 在任何集群中都会写入这一行。
because-settings = kube-proxy 的设置
because-none = 这一行与集群中的任何对象无关。
because-choose = 选择一行，查看它为什么存在。
because-and = 以及
because-lines = 所有行
because-all-lines = 它的所有行
because-text = 文本
because-in-text = 在文本中的位置
because-find = 查找某个字段对应的行
because-previous = 此字段的上一行
because-next = 此字段的下一行
because-clear = 取消标记字段
because-show = 为什么有某一行？
because-marked = 属于所标记的字段
because-line = 第 { $at } 行，共 { $lines } 行
because-count = { $lines } 行

## What the packet costs

cost-title = 目前的开销
cost-rules = 经过的规则
cost-rules-short = 规则
cost-matches = 规则中的检查
cost-matches-short = 检查
cost-probes = 集合、映射查找
cost-probes-short = 查找
cost-connections = conntrack 查找
cost-connections-short = conntrack
cost-rewrites = 改写的字段
cost-rewrites-short = 改写
cost-time = 估计时间（ns）
cost-time-short = ≈ ns
cost-time-note = 时间是对 netfilter 给数据包增加的耗时的估计：各项计数乘以在真实内核上测得的单位耗时（Linux 6.18，Intel Xeon 的一个虚拟核，用同样的规则在 1 到 10,000 个 Service 下测量；估计误差在 15 % 以内）。该内核没有 IPVS：IPVS 自身的工作只计入了查找，因此这一项偏低。
cost-rules-unit = 条规则
cost-request = 请求
cost-reply = 应答
cost-spoken = { $name }：目前 { $now }，共 { $all }

## Who answers new connections

answers-title = 谁来应答
answers-note = 由所选客户端新建连接，在各泳道当前状态的副本中进行：先走遍随机选择的每一种可能，再建立一批连接作为样本，这些连接都不会结束。
answers-connections = 每条泳道的新连接数
answers-open = 建立连接
answers-stop = 停止
answers-progress = 已建立的连接
answers-answered-by = 应答者
answers-chance = 概率
answers-turns = 这里没有随机选择：连接的去向取决于节点的状态，例如调度器轮流选择。
answers-more-ways = 可能的走法多于已走过的，因此这些概率之和小于 1。
answers-opening = 已建立 { $count } 个…
answers-opened = 已建立 { $count } 个。
answers-counted = { $connections } 个中
answers-more = 另有 { $count } 个。
answers-fit = 卡方 { $statistic }，自由度 { $degrees }：公平抽取时，至少同样不均匀的情况每 100 次约有 { $percent } 次。

## Comparing the datapaths

compare-title = 比较
compare-totals = 第一个数据包与后续数据包
compare-totals-note = 请求与应答合计，包括所有节点。
compare-totals-hint = 发送此连接的下一个数据包：它走的是捷径，两者会并列显示在这里。
compare-totals-finding = 对第一个数据包所作的决定会在后续数据包上重复：conntrack 或 IPVS 自己的连接表知道后端是谁。剩下的只是每个数据包都要做的检查。
compare-datapath = 数据路径
compare-packet = 数据包
compare-first = 第一个
compare-next = 后续
compare-curve = 开销与 Service 数量的关系
compare-curve-note = 通过运行模型测得：在你的浏览器中为单节点、1 到 2,000 个 Service 的集群写入规则，并向位于中间的 Service 发送一个请求。
compare-measured = 计数
compare-which = 数据包
compare-first-packet = 第一个数据包
compare-following = 后续数据包
compare-as-table = 以表格显示
compare-services = Service 数
compare-x-axis = 集群中的 Service 数（对数刻度）
compare-done = 测量完毕。
compare-failed = 实验室自己的工具拒绝了合成集群的规则：这是实验室的缺陷。
compare-progress = 正在测量：{ $done } / { $all }
# $ending is one, two, few or other: st, nd, rd or th.
compare-nth = 第 { $number } 个
compare-end = { $mode }：{ $services } 个 Service 时为 { $count }
compare-y-axis = { $name }（对数刻度）

## Measurements of others

published-title = 他人的测量结果
published-note = 真实集群上第一个数据包的往返时间，读自 KEP-3866 和 Kubernetes 博客（2025 年 2 月 28 日）中的图表。旁边列出模型中同等规模集群里第一个数据包所遇到的规则和查找。
published-services = Service 数
published-datapath = 数据路径
published-p50 = 中位数
published-p99 = 第 99 百分位
published-microseconds = µs，实测
published-model = 规则与查找
published-model-unit = 由模型计数
published-run = 以 5,000 和 10,000 个 Service 运行模型
published-running = 正在运行：{ $done } / { $all }

## The graph of chains

structure-title = 结构
structure-note = 此节点上的链，以及链与链之间的跳转。数据包走过的路径会点亮；选择一条链，可在规则集中查看它。
structure-lane = 数据路径
structure-node = 节点
structure-nothing = 此节点上没有链。
structure-look = 查找没有数据包会到达的规则
structure-choose = 选择一条链，查看其中的每个数据包都必经哪些链。
structure-all-reached = 数据包可以到达此节点上的每条链和每条规则。
structure-dead-chains = 链
structure-dead-rules = 规则
structure-dead-vertex = { $label }：没有数据包会到达这里
structure-not-reached = 没有数据包会到达 { $chain }。
structure-reached-directly = { $chain } 由内核直接调用，或者数据包可经多条没有公共链的路径到达。
structure-reached-through = { $chain } 中的每个数据包都经过了 { $above }。
structure-cycle = 这些链会跳回自身，因此工具会拒绝任何通向它们的规则：{ $cycle }。
structure-dead = 没有数据包会到达 { $chains } 条链和 { $rules } 条规则{ $more ->
    [yes] ，以及更多
   *[no] {""}
  }
structure-more = 另有 { $count } 项未列出。
structure-label = { $node } 在 { $mode } 模式下的链
structure-left-out = 省略了数据包未曾接近的 { $count } 条链。

## The cluster as text

cluster-title = 集群
cluster-note = 粘贴下面这条命令的输出，或将文件拖到这里。kube-proxy 的 ConfigMap 也可以一并放入：
cluster-node-note = 也可以粘贴某个节点上以下任意命令的输出：数据包就会经过那些规则本身。
cluster-label = YAML 或 JSON 格式的集群
cluster-load = 加载
cluster-example = 回到示例
cluster-stop = 停止
cluster-from-example = 回到你的集群
cluster-loaded = 各泳道显示的就是这份文本。
cluster-up-to-date = 各泳道显示的就是这份文本，你所做的操作已写入其中。
cluster-anew = 各泳道显示的就是这份文本，它是重新生成的：注释以及实验室不关心的内容已不在其中。撤销可以恢复它们。
cluster-moved-on = 各泳道显示的是这份文本，加上你之后所做的操作。
cluster-changed = 你已修改：点击“加载”，各泳道才会显示它。
cluster-both-changed = 你已修改，集群也已改变：点击“加载”会用这份文本取而代之。
cluster-bring = 将我的操作写入文本
cluster-discard = 显示集群的现状
cluster-back-from-discard = 回到我的文本
cluster-refused = 这份文本没有加载。上方各泳道仍显示上一个成功加载的集群。
cluster-noted = 已加载，但请注意：
cluster-expected = 应为：
cluster-go = 跳到文本中的这个位置
cluster-unkept-forbidden = 你的浏览器不允许本页面保存状态：重新加载会丢失你的操作。请在“保存与分享”中将实验保存为文件。
cluster-unkept-elsewhere = 这个实验已在另一个标签页中打开。
cluster-unkept-full = 浏览器留给本页面的空间已满：还差 { $kilobytes } kB，重新加载会丢失你的操作。请在“保存与分享”中删除不需要的实验，或将此实验保存为文件。
cluster-reading = 正在读取…
cluster-reading-size = 正在读取 { $megabytes } MB…
cluster-programming = 正在以 { $mode } 模式为各节点写入规则…
cluster-more = 另有 { $count } 条；请先修正以上各条。

## Tables of connections, and the clock

connections-title = 连接
connections-note = 发送数据包之后各内核记住的内容，以其自带工具的格式列出。让时间流逝，可以看到条目老化并消失。
connections-none = 这里什么也没有记住。
connections-wait = 让时间流逝
connections-clock = 时钟：{ $time }
connections-seconds = { $count } 秒
connections-minutes = { $count } 分钟
connections-hours = { $count } 小时

## DNS

names-title = DNS 的应答
names-service = Service
names-records = 集群 DNS 的记录
names-name = 名称
names-type = 类型
names-data = 数据
names-nxdomain = 不存在（NXDOMAIN）。

## Files to take away

take-away-title = 带走
take-away-note = 各泳道所显示的内容，以真实工具可加载的文件给出；每个文件都说明了加载和撤销的方法。
take-away-datapath = 数据路径
take-away-node = 节点
take-away-format = 格式
take-away-copy = 复制
take-away-download = 下载
take-away-copied = 已复制。
take-away-not-copied-text = 浏览器不允许本页面复制：请自行选中并复制。
take-away-not-copied = 浏览器不允许本页面复制：请使用“下载”。
take-away-rest = 文件中还有 { $lines } 行。

## How bad a remark on a text is

severity-error = 错误
severity-warning = 警告
severity-note = 提示
diagnostic-error = 错误
diagnostic-warning = 警告
diagnostic-note = 提示
diagnostic-told = { $place }：{ $severity }：{ $message }{ $expected }{ $advice }
diagnostic-expected = ；应为{ $expected }
diagnostic-advice = ；{ $advice }

## What is wrong with a text that was pasted

wrong-port-of-no-service = EndpointSlice "{ $slice }" 有端口 { $port }，而 Service { $service } 没有这个端口
wrong-selects-nothing = Service { $service } 的选择器没有匹配任何 Pod，它也没有 EndpointSlice
wrong-node-without-address = Node "{ $node }" 没有 InternalIP 类型的地址
wrong-slice-without-service = EndpointSlice "{ $slice }" 不属于任何 Service
wrong-same-address = { $place }：endpoints[{ $first }] 也是这个地址
wrong-node-port-range = { $place }：NodePort { $port } 不在默认范围 30000-32767 内
wrong-empty = 这里还是空的：请粘贴 `kubectl get services,endpointslices,nodes -A -o yaml` 的输出
wrong-passed-over = { $kind } 类对象与 kube-proxy 的规则无关，已略过
wrong-passed-over-several = { $kind } 类对象与 kube-proxy 的规则无关，已略过（{ $count } 个对象）
wrong-second-configuration = 在此之前已有另一个 { $kind }
wrong-names-only = addressType 为 FQDN 的端点与 kube-proxy 的规则无关；该 EndpointSlice 已略过
wrong-twice = { $said }：它也在第 { $line } 行
wrong-service-missing = { $kind } "{ $name }" 属于 Service { $service }，而输入中没有它
wrong-too-long = 文本长达 { $size } MiB
wrong-nested = 值的嵌套超过 { $most } 层
wrong-endless-alias = 这个别名所代表的值包含别名自身
wrong-key = 有一个键是列表或映射
wrong-no-yaml = 这不是 YAML：{ $why }
wrong-health-check-port = { $place }：健康检查 NodePort { $port } 没有用到
wrong-flannel-backend = 未对 Flannel 的后端 { $name } 建模
wrong-flannel-number = Flannel 不接受这个值的 { $name }
wrong-more = 还有 { $count } 条没有列出
wrong-allocated = Service { $service }：略去的部分本应由 API 服务器 分配；实验室取了 { $values }
wrong-assumed-nodes = 文本中没有 Node；实验室假定有 { $nodes }
wrong-assumed-more-nodes = 文本中没有 Node；实验室假定有 { $nodes }，以及另外 { $more } 个
wrong-assumed-node = { $name }（{ $addresses }，Pod 在 { $ranges }）
wrong-both = { $one } 和 { $other }
wrong-assumed-list = { $first }、{ $rest }
wrong-cut-short = 这一行过早结束
wrong-found = 这里是 { $word }
wrong-without-effect = { $name } 在这里不起作用：{ $why }
wrong-setting = 内核中 { $name } 不会是 { $value }
wrong-other-output = 这是 { $command } 的输出，实验室不读取它
wrong-rules-of-table = 没有写明表的规则属于 { $table } 表，即所输入的命令列出的表
wrong-twins = 这里的 iptables 是 iptables-nft，因此它的规则既在 iptables-save 中，也在 nft list ruleset 中；只按 iptables-save 的内容采用一次
wrong-same-priority = 这里 iptables 的表与 nft 的链处于同一位置；假定这些链是后来添加的，因此先执行
wrong-half-told = nft 无法表达 iptables-nft 的这条规则的要求（xt），因此无从知道它做什么
wrong-copied-settings = 这是复制来的节点，不是集群：数据包到达谁，谁就应答，因为这里没有说明谁在监听；sysctl 没有列出的设置，与开启转发的全新内核相同
wrong-copied = 这是复制来的节点，不是集群：数据包到达谁，谁就应答，因为这里没有说明谁在监听；它的 sysctl 与开启转发的全新内核相同
wrong-unknown-hardware = 这条规则要求硬件地址，而这里没有说明谁有哪个
wrong-bridge-calls = 假定网桥承载的数据包会经过 IP 的钩子（net.bridge.bridge-nf-call-iptables = 1），与加载了 br_netfilter 时一样
wrong-assumed-routing = 文本中没有 ip addr，也没有 ip route：假定该节点有 eth0 和默认路由，没有自己的地址，因此除环回外没有任何地址属于它
wrong-unknown-line = 实验室所知的工具都不会打印 { $line }
wrong-no-sequence-numbers = 模型的数据包没有 TCP 序列号：每个报文段都在窗口之内
wrong-no-arp-tables = 模型没有 ARP 数据包：邻居要么已知，要么不存在
wrong-two-families = 这些地址属于两个地址族
wrong-entry-twice = 另一个条目有它的某个元组
wrong-icmp-entry = 它始于 ICMP 类型 { $kind }，而模型只知道回显
wrong-gre-entry = 模型的元组没有 GRE 键
wrong-entry-with-ports = 模型不知道协议 { $protocol } 的端口
wrong-entry-without-ports = 它没有端口
wrong-offloaded-entry = 它的数据包经由流表，而模型没有流表
wrong-life-times = 没有地址的生存期
wrong-next-hop = 没有路由的下一跳
wrong-taken-for-bridge = 假定 { $device } 是网桥，因为它是其他设备的 master；`ip -d link` 会说明它是什么
wrong-taken-for-dummy = 假定 { $device } 是 dummy 设备，因为它不使用 ARP
wrong-local-table = local 表中有一条 { $kind } 路由
wrong-table-number = 不知道路由表 { $name } 的编号
wrong-local-route = 没有设备的 local 路由
wrong-route-without-device = 没有设备的路由
wrong-several-ways = 未对多条出路建模：每个数据包都走第一条
wrong-rule-passed-over = 已略过规则 { $priority }：未对 { $what } 建模
wrong-configuration-alone = 文本中只有 kube-proxy 的配置
wrong-no-node = 文本中没有 Node
wrong-own-rules = 实验室自己的 { $tool } 拒绝了 { $node } 的规则：{ $why }
wrong-no-scheduler = 没有调度器 { $name }
wrong-no-table = 这一行不属于任何表
wrong-open-quote = 从这里开始的引号没有结束
wrong-printing-command = { $command } 只打印规则集，不作更改
wrong-empty-range = Invalid argument：范围 { $text } 的终点在起点之前
wrong-jump-loop = Too many levels of symbolic links：这个跳转绕回到链 `{ $name }'
wrong-no-chain = No chain/target/match by that name：{ $table } 表没有链 `{ $name }'
wrong-line-failed = { $why }（iptables-restore: line { $line } failed）

## What was expected in its place

expected-port = 1 到 65535 之间的端口号
expected-target-port = 不带引号的端口号，或容器端口的名称
expected-count = 0 到 2147483647 之间的数字
expected-ip = IPv4 或 IPv6 地址
expected-reachable-address = 可以从其他节点到达的地址
expected-address-of-type = { $family } 地址，如 addressType 所示
expected-prefix = 地址、斜杠和前缀长度
expected-string = 字符串
expected-number-unquoted = 不带引号的数字
expected-mapping = 由字段构成的映射
expected-list = 列表
expected-boolean = true 或 false
expected-port-of-service = 它的某个端口的名称和协议：{ $ports }
expected-labels-of-pods = 同一命名空间中的 Pod 具有的标签
expected-spec-of-pod = 含有容器的 spec
expected-pod-template = 带有 metadata 和 spec 的 Pod 模板
expected-one-container = 至少一个容器
expected-container = 一个容器
expected-own-port-names = 每个端口有各自的名称
expected-lower-case-name = 小写的名称
expected-metadata = 含有名称的 metadata
expected-alias-of-mapping = 映射的别名
expected-free-value = 尚未占用的值
expected-policy-for-both = 适用于两个地址族的策略
expected-spec = spec
expected-selected-labels = 选择器所要求的标签
expected-rollout = 两者之一大于 0，且最多为 100%
expected-number-or-percentage = 数字或百分比
expected-at-most-mebibytes = 最多 { $most } MiB
expected-printable = 可打印字符、换行符和制表符
expected-proxy-value = kube-proxy 接受的值
expected-proxy-field = KubeProxyConfiguration 的字段
expected-internal-ip = 含有 InternalIP 的 status.addresses
expected-taint-key = 污点的键
expected-processors = 处理器数量，例如 4 或 3920m
expected-ip-address = IP 地址
expected-first-range = podCIDRs 中的第一个，即 { $first }
expected-subset = 含有地址和端口的子集
expected-addresses = 地址列表
expected-field-of-api = API 中的字段
expected-one-port = 至少一个端口
expected-numbered-port = 有编号的端口
expected-node-port-range = API 服务器 的 --service-node-port-range 范围内的端口
expected-port-once = 每一对端口和协议只出现一次
expected-node-port-once = 每个NodePort在每种协议下只出现一次
expected-objects = kubectl 打印出的对象
expected-kinds = Service、EndpointSlice、Node 或 List
expected-one-configuration = 只有一份 kube-proxy 的配置
expected-cluster-ips = 以 clusterIP 开头的 clusterIPs，每个地址族最多一个地址
expected-address = 一个地址
expected-label = 标签 { $label }
expected-thousand-endpoints = 最多一千个端点
expected-address-once = 每个地址只出现一次
expected-address-type = IPv4 或 IPv6
expected-endpoint = 含有地址的端点
expected-zone-or-node = 可用区或节点的名称
expected-match-labels = 与模板标签相符的 matchLabels
expected-requirement = 键、运算符和值
expected-object-once = 每个对象只出现一次
expected-own-address = 没有其他 Service 使用的地址
expected-own-node-port = 没有其他 Service 使用的NodePort
expected-service-beside = 端点及其所属的 Service
expected-shallow = kubectl 打印出的对象，其嵌套不到 30 层
expected-finite = 有尽头的值
expected-few-aliases = 总共最多代表 { $most } 个值的别名
expected-string-key = 以字符串为键
expected-key-once = 每个键只出现一次
expected-yaml = kubectl 打印出的 YAML 或 JSON
expected-label-signs = 字母、数字、'-'、'_' 和 '.'，首尾均为字母或数字
expected-family-once = 每个地址族只出现一次
expected-dns-name = 该 Service 所代表的 DNS 名称
expected-seconds-of-a-day = 秒数，最多一天
expected-only-external = 该字段只用于 NodePort、LoadBalancer 或带有 externalIPs 的 Service
expected-only-local = 它只与 LoadBalancer 类型和 externalTrafficPolicy Local 一起使用
expected-flannel-backend = vxlan 或 host-gw
expected-vni = 0 到 16777215 之间的数字
expected-vxlan-port = 0 到 65535 之间的端口
expected-absent = 没有该字段
expected-one-of = 以下之一：{ $list }
expected-output-of = { $command } 的输出
expected-iptables-rules = iptables-save 列出的规则
expected-neighbours = 邻居表，以及带有 `link/ether` 的设备
expected-lines-of-tools = iptables-save、nft list ruleset、ipset save、ipvsadm -S -n、conntrack -L、ip addr、ip route、ip rule、ip neigh、sysctl -a 的行
expected-switch = 0 或 1
expected-above-zero = 大于 0 的数字
expected-number = 数字
expected-sysctl-number = 内核的 ip-sysctl.rst 列出的数字
expected-reverse-path = 0、1（严格）或 2（宽松）
expected-family-number = 地址族的编号，2 或 10
expected-protocol = 协议，例如 tcp
expected-protocol-or-family = 协议，例如 tcp，其前可有 ipv4 或 ipv6
expected-protocol-number = 协议的编号
expected-one-family = 同一地址族的四个地址
expected-state = 状态，例如 ESTABLISHED
expected-with-key = { $key } 及{ $value }
expected-plain-port = 端口
expected-byte = 不超过 255 的数字
expected-word = 不超过 65535 的数字
expected-gre-key = 键，例如 0x1
expected-conntrack-zone = 区域
expected-closing-bracket = 结尾的 ]
expected-entry = 模型的表能够容纳的条目
expected-device-name = 设备名称
expected-hardware-address = 硬件地址，例如 02:42:ac:11:00:02
expected-neighbour = 带有 `dev` 和设备名称的条目
expected-device = 设备，例如 `2: eth0:`
expected-address-above = 上面有一个地址
expected-device-or-address = 设备，或前面有空格的地址
expected-device-number = 设备编号
expected-number-with-colon = 数字和冒号
expected-inet = inet 或 inet6
expected-address-with-length = 带前缀长度的地址，例如 10.0.0.1/24
expected-default = 目的地，例如 default
expected-destination = 目的地，例如 default、10.0.0.0/24 或 blackhole 10.0.0.0/8
expected-gateway = 网关地址
expected-routing-table = 路由表
expected-routing-protocol = 路由协议
expected-scope = 作用域
expected-node-address = 该节点的地址
expected-preference = low、medium 或 high
expected-priority-with-colon = 带冒号的优先级，例如 `32766:`
expected-action = lookup、goto 或其他动作
expected-priority = 优先级
expected-mark = 标记，例如 0x1 或 0x1/0xff
expected-all-or-prefix = all、地址或前缀，例如 10.0.0.0/8
expected-route = 只有一条出路的路由
expected-policy = not、from、to、fwmark、iif，以及路由表或拒绝
expected-services-beside = 与它一起的集群的 Service
expected-node = 至少一个 Node 对象，因为规则是按节点逐一写入的
expected-loadable = 能够载入的规则
expected-number-found = { $min } 到 { $max } 之间的数字，而这里是 `{ $text }`
expected-at-most-characters = 最多 { $most } 个字符
expected-characters = 1 到 { $most } 个字符
expected-ipv4-or-net = IPv4 地址，例如 10.96.0.1 或 10.0.0.0/8
expected-ipv6-or-net = IPv6 地址，例如 fd00::1 或 fd00::/8
expected-known-port = 0 到 65535 之间的端口，或众所周知的服务名称
expected-smaller-first = 较小的端口在前
expected-fifteen-ports = 最多 15 个端口，范围按两个计
expected-tcp-flags = SYN、ACK、FIN、RST、URG、PSH、ALL 或 NONE
expected-directions = 每个维度一个 src 或 dst，以逗号分隔
expected-kind-of-table = { $table } 表允许的 { $kind }
expected-own-chain-or-target = 用 -N 建立的链，或目标
expected-target-or-chain = 目标，或 { $table } 表的链
expected-no-loop = 不会绕回自身的链
expected-after-routing = 数据包在路由之后到达的规则
expected-in-rule = 同一条规则中的 { $what }
expected-rule-of-mangle = mangle 表的规则
expected-from-hooks = 数据包从 { $hooks } 到达的规则
expected-table = 表
expected-tables = raw、mangle、nat、filter 或 security
expected-iptables-command = 命令，例如 -A、-I 或 -D
expected-command-alone = 只有该命令
expected-one-source = 一个源地址和一个目的地址
expected-number-from-one = 从 1 起的数字
expected-device-at-hook = 在此钩子上已知的设备
expected-chain-name = 1 到 { $most } 个字符，其中没有空格
expected-only-one = 只有一个 { $what }
expected-chain-of-table = { $table } 表的链
expected-one-of-two = 两者之一
expected-either = { $one } 或 { $other }
expected-dscp-classes = BE、EF、CS0 到 CS7，或 AF11 到 AF43
expected-own-chain = 自建的链，以及新名称
expected-new-name = 新名称
expected-built-in-chain = 内置链
expected-rule-number = 1 到 { $most } 之间的数字
expected-rule-of-chain = 该链中有的规则
expected-empty-chain = 没有规则跳转到的空链
expected-one-of-nodes = 其中一个节点
expected-range-open = FROM:TO，任一边都可以为空
expected-option-such-as = 选项，例如 { $what }
expected-option-such-as-either = 选项，例如 { $one } 或 { $other }
expected-protocol-tcp-or-6 = 协议，例如 tcp 或 6
expected-from-zero = 0 到 { $most }
expected-from-one = 1 到 { $most }
expected-rate-of-hashlimit = 速率，例如 3/hour 或 5/second
expected-at-most = 最多 { $most }
expected-rate-of-bytes = 每秒不到 32 GB
expected-bytes = 字节数，例如 5000 或 64kb
expected-bytes-or-more = { $least }b 或更多
expected-seconds = 1 到 2147483647 秒
expected-icmp-type = 类型、TYPE/CODE，或名称，例如 echo-request
expected-rate = 速率，例如 3/hour、10/minute 或 5/second
expected-smaller-burst = 更小的突发量，或更高的速率
expected-six-bytes = 六个字节，例如 02:42:ac:11:00:02
expected-these-protocols = 这些协议之一
expected-one-of-three = 三者之一
expected-three = { $one }、{ $other } 或 { $third }
expected-gid-before = 它前面有 --gid-owner
expected-owner = 数字，或 FIRST-LAST
expected-packet-types = unicast、broadcast、multicast 或 otherhost
expected-number-of-bytes = 字节数
expected-realm = value[/mask]，或 cosmos
expected-exactly-one = 恰好其中之一
expected-rttl = --rttl 与 --rcheck 或 --update 一起使用
expected-smaller = 更小的数字
expected-time-order = --timestart 晚于 --timestop
expected-date = 日期，例如 2030-01-31T12:00
expected-time = 时间，例如 07:30
expected-days-of-month = 1 到 31 之间的日子，以逗号分隔
expected-weekdays = 1 到 7，或 Mon 到 Sun
expected-one-comparison = 一个比较
expected-table-line = 形如 *filter 的一行
expected-policy-behind = 名称后面的策略
expected-undeclared-chain = 此前没有声明过的链
expected-policies = 自建的链用 -，内置链用 ACCEPT 或 DROP
expected-counters = 规则前面的 [packets:bytes]
expected-option-behind = ! 后面的选项
expected-one-inversion = 一个 !
expected-option-with-dash = 以 - 开头的选项
expected-argument = { $option } 后面的参数
expected-not-inverted = 不带 ! 的 { $option }
expected-changing-command = 更改规则集的命令
expected-one-command = 一行一个命令
expected-name-of-chain = 链的名称
expected-one-address = ! 后面只有一个地址
expected-packets-and-bytes = 数据包数和字节数
expected-match = 匹配的名称，例如 comment 或 conntrack
expected-one-target = 一个目标
expected-option-of-iptables = iptables 的选项
expected-protocol-name = 协议，例如 tcp、udp、icmp，或不超过 255 的数字
expected-protocol-not-all = all 以外的协议
expected-class = 两个十六进制数字，例如 1:20
expected-zone-id = 0 到 65535，或 mark
expected-one-of-options = 这些选项之一
expected-log-level = 0 到 7，或名称，例如 warning
expected-one-of-them = 其中之一
expected-address-and-port = 地址，或 [address]:port
expected-address-of-family = { $family } 地址
expected-protocol-before-target = 目标前面的 -p tcp、-p udp 或 -p sctp
expected-alone = 只有 { $what }
expected-tcp-options = 数字，或名称，例如 mss
expected-machine = 某台机器的地址
expected-tproxy-protocol = 同一条规则中的 -p tcp 或 -p udp
expected-argument-length = 一个参数最多 { $most } 个字符
expected-closing-quote = 同一行中的结束引号 "
expected-symbol = 0 到 255，或 { $names }

## What to do about it

advice-number = 更正这个数字
advice-correct = 请更正
advice-mapped-address = 只写其中的 IPv4 地址
advice-leading-zeros = 去掉前面的零
advice-address = 更正这个地址
advice-such-address = 请写这样的地址
advice-own-family = 把该端点移到其所属地址族的 EndpointSlice 中
advice-prefix = 更正这个前缀
advice-quote = 给这个值加上引号
advice-one-value = 在这里写一个值
advice-unquote = 去掉引号
advice-write-number = 在这里写一个数字
advice-compare = 与 kubectl 打印的内容对照
advice-compare-output = 与 kubectl 的输出对照
advice-agree-ports = 让两者一致：kube-proxy 会忽略其他端口的端点
advice-selector = 把 spec.selector 与 Pod 的标签对照：没有端点，所有数据包都会被拒绝
advice-whole-pod = 粘贴完整的 Pod
advice-whole-object = 粘贴完整的对象
advice-rename-port = 给该端口改名
advice-toleration = 加上它，或写明一个键
advice-name-as-printed = 照 kubectl 打印的样子写名称
advice-alias = 写这样的别名，或直接写出各字段
advice-allocate = 写明这些 Service 应有的值
advice-policy = 加上它，或只保留一个地址族
advice-object-as-printed = 粘贴 kubectl 打印出的完整对象
advice-agree = 让两者一致
advice-rollout = 允许滚动更新更换一个 Pod
advice-leave-out-objects = 去掉不需要的对象，例如使用 `kubectl get -n NAMESPACE`
advice-delete-character = 删除该字符
advice-proxy-field = 更正名称：kube-proxy 会忽略它
advice-proxy-value = 请更正：kube-proxy 无法以此启动
advice-proxy-unused = 请更正：在此模式下 kube-proxy 不看它，实验室采用默认值
advice-node-address = 请加上：没有它，该节点就没有NodePort，也无法模拟
advice-add = 请加上
advice-as-printed = 照 kubectl 打印的样子写
advice-subset = 加上一个，或删除该子集
advice-name-ports = 给端口命名
advice-meant = 请写 { $meant }：API 服务器 会丢弃现在这个字段
advice-unknown-field = 删除它或移到它应在的位置：API 服务器 会丢弃这里的它
advice-name-ports-for-slices = 给端口命名，因为 EndpointSlice 按名称引用它们
advice-add-port = 加上一个端口
advice-delete-or-type = 删除该字段，或更改类型
advice-node-port-range = 请确认集群设置了另外的范围
advice-change-one = 更改或删除两者之一
advice-node-port = 换一个NodePort
advice-paste-objects = 粘贴 `kubectl get services,endpointslices,nodes -A -o yaml` 的输出
advice-whole-output = 粘贴 `kubectl get services,endpointslices,nodes -A -o yaml` 的完整输出
advice-version = 请写 kubectl 打印的 apiVersion
advice-delete-one-of-two = 删除两者之一
advice-kind = 照 kubectl 打印的样子写 kind
advice-both-as-printed = 照 kubectl 打印的样子写这两者
advice-service-range = 写一个 Service 网段中的地址，或更改类型
advice-stray-slice = 加上它，或去掉该 EndpointSlice：kube-proxy 会忽略它
advice-divide = 分到几个 EndpointSlice 中
advice-same-address = 删除两者之一：kube-proxy 会把它们当作同一个端点
advice-family = 写明端点地址所属的地址族
advice-rename-or-delete-port = 给该端口改名，或删除它
advice-endpoint = 加上一个，或删除该端点
advice-template-labels = 写模板的标签
advice-other-address = 换一个地址
advice-services-too = 请粘贴相同命名空间的 services 和 endpointslices；单有端点不起作用
advice-no-alias = 用值本身代替别名
advice-no-aliases = 把值直接写出来；kubectl 不打印别名
advice-keep-one-field = 只保留其中一个字段；在此之前该对象不计入
advice-tabs = 用空格缩进：YAML 不允许制表符
advice-indentation = 检查这一行和上一行的缩进与引号
advice-label = 照 kubectl 打印的样子写标签
advice-delete-one = 删除一个
advice-delete-field = 删除该字段
advice-delete-or-address = 删除该字段，或加上地址
advice-flannel-backend = 各节点按 host-gw 的方式相连
advice-number-in-range = 写一个此范围内的数字
advice-one-of-these = 写其中之一，或去掉该字段
advice-listed-first = 先更正列出的各项
advice-cut-short = 这一行可能被截断：请粘贴完整的一行
advice-whole-line = 请更正，或粘贴完整的一行
advice-sysctl = 已略过；请粘贴 sysctl -a 打印的内容
advice-run-instead = 请改为运行 { $command }，并粘贴它打印的内容
advice-iptables-too = 请再运行 iptables-save 和 ip6tables-save，并连同第一行粘贴它们打印的内容
advice-neighbours = 请再运行 ip neigh 和 ip addr，并粘贴它们打印的内容
advice-whole-outputs = 已略过；请原样粘贴这些命令的完整输出
advice-conntrack = 请粘贴 conntrack -L 打印的内容；事件（-E）、XML 和 -o save 是另外的格式
advice-addresses = 更正这些地址
advice-entry = 它留在列表中，它的数据包会开始新的连接
advice-ip-address = 请原样粘贴 ip addr、ip -o addr 或 ip -d link 打印的完整内容
advice-ip-route = 请从第一行起粘贴 ip route 打印的内容
advice-route = 列表中会保留它；模型的数据包所走的路可能与该节点的不同
advice-policy-rule = 在节点上，它所涉及的数据包可能走另一条路
advice-configuration = 把它与各对象粘贴在同一文本中，前面加一行 ---：它适用于那里的集群
advice-paste-cluster = 请粘贴 `kubectl get svc,endpointslices,nodes -A -o yaml` 打印的内容
advice-report = 这是实验室的缺陷：请连同你的文本一起报告
advice-chain-of-table = 把规则移到 { $table } 表的链中
advice-built-in-chain = 数据包只通过钩子进入内置链
advice-ipvs-target = 没有名为 IPVS 的目标：IPVS 在自己的钩子上，按 `ipvsadm` 的虚拟服务接收数据包；规则可以用 `-m ipvs` 询问它们，而 IPVS 模式的 kube-proxy 使用 `-m set`
advice-capitals = 请用大写字母写 { $name }
advice-declare-chain = 请在这一行之前用 `:{ $name } - [0:0]` 或 `-N { $name }` 声明该链
advice-target = 更正名称：目标（例如 ACCEPT），或此表的链
advice-loop = 删除 `{ $name }' 与这条规则之间的某个跳转
advice-move-or-mss = 移动该规则，或改用 --set-mss
advice-move-rule = 移动该规则
advice-move-or-mark = 移动该规则，或只映射标记
advice-move-to-hooks = 把该规则或通向它的跳转移到这些钩子的链中
advice-table = 请在 -t 后面写表名
advice-tables = 写明五个表之一
advice-iptables-command = 让这一行以 -A CHAIN 开头
advice-remove = 请去掉 { $what }
advice-one-rule = 写一条规则
advice-count-rules = 链中的规则从 1 数起
advice-policy-of-two = 取两者之一；REJECT 只能作规则的目标
advice-other-chain = 去掉 { $option }，或把规则放到另一条链中
advice-shorten = 缩短名称
advice-name-chain = 写明链的名称
advice-rename-chain = 给该链改名
advice-blanks = 去掉空格
advice-split = 把规则分成两条
advice-declare-first = 请先用一行 `:{ $name } - [0:0]` 或 `-N { $name }` 声明它
advice-chain-elsewhere = 该链在 { $table } 表中：链只属于一个表
advice-remove-one-of-them = 去掉其中之一
advice-add-option = 请加上 { $what }
advice-class = 更正类别
advice-other-name = 换一个名称
advice-name-or-flush = 换一个名称，或用 -F 清空该链
advice-closing-rule = 改为用一条规则结束该链
advice-rule-count = 该链有 { $count } 条规则
advice-rule-as-saved = 照 `iptables-save` 打印的样子写规则
advice-flush = 用 -F 清空它
advice-delete-jumps = 请先删除跳转到它的 { $count } 条规则
advice-flush-first = 请先用 -F { $name } 清空它
advice-add-one-for-example = 请加上一个，例如 { $what }
advice-remove-one = 去掉一个
advice-this-node = 说明这是哪个节点
advice-range = 更正范围
advice-take-one = 取其中之一
advice-add-one-of-them = 请加上其中之一
advice-protocol = 更正协议
advice-write-one-of-them = 写其中之一
advice-length = 更正长度
advice-burst = 更正突发量
advice-rate = 更正速率
advice-lower-rate = 降低速率
advice-mode = 更正模式
advice-raise-burst = 提高突发量
advice-interval = 更正时间间隔
advice-type = 更正类型
advice-add-one = 请加上一个
advice-lower = 降低 { $what }
advice-protocol-before = 请在 -m multiport 前加上 -p tcp 或 -p udp
advice-two-matches = 使用两个匹配
advice-swap = 交换两者
advice-numeric-owner = 这里不查找用户和组的名称：请写编号
advice-swap-ports = 交换两个端口
advice-realm = 请写该 realm 的编号
advice-one-of-four = 保留四者之一
advice-probability = 请加上 --probability，值为 0 到 1 之间的数字
advice-every-and-packet = 请加上 --every 和 --packet
advice-one-of-the-two = 写两者之一
advice-date = 更正日期
advice-time = 更正时间
advice-day = 更正日子
advice-write-one-of = 请写 { $list } 之一
advice-end-table = 请用一行 COMMIT 结束 { $table } 表；没有它，该表的任何内容都不会生效
advice-begin-table = 请先开始该表
advice-policy-line = 自建的链请写 `:{ $name } - [0:0]`，内置链请写 `:{ $name } ACCEPT [0:0]`
advice-remove-line = 删除这一行
advice-chain-policy = 更正策略
advice-close-bracket = 请补上右括号
advice-two-numbers = 写两个数字
advice-remove-inversion = 去掉 !
advice-quote-arguments = 含有空格的参数要加引号
advice-argument-or-remove = 请加上它，或去掉该选项
advice-argument-of = 更正 { $option } 的参数
advice-second-argument = 请加上第二个参数
advice-two-lines = 写成两行
advice-behind-letter = 写在 { $option } 后面
advice-rule-for-each = 每个地址写一条规则
advice-no-lookup = 这里不查找名称：请写地址本身
advice-counters = 在 -c 后面写两个数字
advice-match = 更正名称；每个地址族有自己的匹配
advice-two-rules = 写成两条规则
advice-protocol-first = 请先写明协议：-p tcp { $option }
advice-match-first = 请先载入匹配：-m { $match } { $option }；若 { $match } 是协议，还要有 -p
advice-option = 更正选项
advice-name = 更正名称
advice-device-name = 更正设备名称
advice-zone = 更正区域
advice-take-some = 取其中若干
advice-level = 更正级别
advice-add-for-example = 请加上，例如 { $what }
advice-remove-behind-slash = 去掉斜杠后面的部分
advice-address-with-port = IPv6 请写 [fd00::1]:80，IPv4 请写 10.0.0.1:80
advice-ports = 更正端口
advice-mapping = 说明数据包要得到什么
advice-list = 更正列表
advice-another-address = 换一个地址
advice-shorten-argument = 缩短该参数，或把规则分开
advice-close-quote = 请补上结束引号；引号内的引号写作 \"

## What is assumed and simplified

assumed-title = 假设与简化
assumed-mode = 此集群的模式
assumed-no-configuration = 未知：文本中没有 KubeProxyConfiguration
assumed-configured = 取自文本的设置
assumed-none = 无：全部为 kube-proxy 的默认值
assumed-cluster-cidr = Pod 网络（clusterCIDR）
assumed-service-cidr = Service 网络
assumed-nodes = 节点
assumed-nodes-text = 位于同一个前缀为 /24（IPv6：/64）的网络，各自有通往其他节点的 Pod 的路由
assumed-version = kube-proxy
assumed-version-text = v1.36.2：先是首次完整同步，然后是各次变更引起的同步，每次单独进行
assumed-clock = 时钟
assumed-clock-text = 虚拟：你每发送一个数据包，时钟走一秒
assumed-power = 断电的节点
assumed-power-text = 失去一切：恢复时内核为空，kube-proxy 重新启动
assumed-listens = 谁在监听
assumed-listens-text = 无法从复制的内容得知：数据包到达谁，谁就应答
assumed-sysctls = sysctl
assumed-sysctls-text = 采用开启转发的全新内核的值：net.ipv4.ip_forward = 1，route_localnet 和 rp_filter 关闭
assumed-kept = 未建模的内容
assumed-kept-text = 按原文保留，数据包遇到时会指出；绝不猜测
assumed-chance = 随机性
assumed-chance-text = 使用固定种子：同样的步骤得到同样的选择
assumed-simplified = 未包含：Pod 自己的网络栈、TCP 窗口与重传、ARP 与邻居发现、节点发送 ICMP 错误的速率限制、硬件卸载与 flow table。每个 Pod 有一条通往其节点的线缆。计数统计的是模型的工作量，而不是纳秒。
assumed-own-mode = { $mode }，依据其 KubeProxyConfiguration

## The sheet of keys

keys-title = 按键
keys-close = 关闭
keys-step = 单步
keys-back = 后退一步
keys-first = 第一步
keys-last = 最后一步
keys-play = 播放或暂停
keys-send = 发送数据包
keys-next = 此连接的下一个数据包
keys-lanes = 选择 iptables、nftables、IPVS
keys-why = 显示或隐藏原因
keys-undo = 撤销
keys-redo = 重做
keys-sheet = 本列表

## The foot of the page

footer-about = 本页面是 kube-proxy 的 iptables、nftables 和 IPVS 模式及其下层 Linux 节点的模型。你看到的是模型求值过程的跟踪记录，而不是动画。

## Forms of objects

fields-title = 修改或删除对象
fields-note = 你的选择和输入立即生效，如同执行 kubectl patch：各节点随之变化，可以撤销。
fields-object = 对象
fields-services = Service
fields-slices = 手工创建的 EndpointSlice
fields-deployments = Deployment
fields-nodes = 节点
fields-settings = 设置
fields-delete = 删除 { $subject }

## Adding objects

adding-title = 向集群中添加
adding-what = 添加什么
adding-service = Service
adding-endpoints = 端点
adding-deployment = Deployment
adding-node = 节点
adding-client = 客户端 Pod
adding-create = 创建 { $kind }

## Changing the cluster

operate-title = 改变集群
operate-note = 对集群做一个操作，看它如何从对象一路影响到内核：控制器、EndpointSlice、每个节点上的 kube-proxy。已打开的连接会继续：它的下一个数据包将经过新的规则。
operate-no-workloads = 这份文本中没有工作负载，也没有 Pod：请在要粘贴的内容中加上 `deployments,pods`。
operate-hint = 扩缩一个工作负载，或让某个 Pod 的就绪探针失败：由此引起的变化会显示在这里。
operate-bare = 不属于任何工作负载的 Pod
operate-nodes = 节点
operate-replicas = 副本数
operate-fewer = 减少一个副本
operate-more = 增加一个副本
operate-restart = 滚动重启
operate-fail-probe = 探针失败
operate-pass-probe = 探针成功
operate-delete = 删除
operate-fail-node = 断电
operate-recover-node = 通电
operate-drain = 腾空
operate-uncordon = 恢复调度
operate-pending = 等待中
operate-ready = 就绪
operate-not-ready = 未就绪
operate-terminating = 正在终止
operate-no-node = 无节点
operate-wait = 等待一分钟
operate-wait-why = 在 IPVS 模式下，kube-proxy 每分钟检查一次待移除的真实服务器是否已空闲。
operate-path = 随后发生的事
operate-cost = 所有节点的 kube-proxy 的开销，全部同步合计
operate-rules = { $count } 条规则
operate-chains = { $count } 条链
operate-elements = { $count } 个元素
operate-virtual-servers = { $count } 个虚拟服务
operate-real-servers = { $count } 个真实服务器
operate-addresses = { $count } 个地址
operate-connections = { $count } 个 conntrack 条目
operate-nothing-written = 无
operate-full-first = 完整同步：首次
operate-full-topology = 完整同步：节点的区域已改变
operate-full-period = 完整同步：距上一次已有一小时
operate-full-failure = 完整同步：上一次失败了
operate-partial = 部分同步：只涉及已变更的 Service 以及公共链
operate-differences = 与内核逐项比较，写入有差异的部分
operate-termination = 检查待移除的真实服务器是否已空闲
operate-syncs = 同步
operate-syncs-note = 所有节点
operate-tools = 工具
operate-tools-note = 启动的程序
operate-netlink = Netlink
operate-netlink-note = 请求
operate-lines = 行数
operate-bytes = 字节
operate-read-note = 由工具读入
operate-written = 写入
operate-written-note = − 表示删除
# { $state } is “ready” or “not ready”; $cordoned is yes or no.
operate-node = { $state }{ $cordoned ->
    [yes] ，已停止调度
   *[no] {""}
  } · { $pods } 个 Pod
operate-undone = 未执行：{ $why }。
operate-left-out = 有 { $nodes } 个节点尚未被任何数据包用到，未计算在内：首次用到时，它们会写入全部规则。
operate-tracker = kube-proxy 的变更跟踪器记下：{ $services }
operate-added = 新增
operate-modified = 修改
operate-deleted = 删除

## Undo and redo

history-title = 撤销与重做
history-undo = 撤销
history-redo = 重做
history-nothing = 无
history-undo-what = 撤销：{ $what }
history-redo-what = 重做：{ $what }
history-open = 打开 { $title }
history-send = 发送到 { $target }
history-send-twice = 同时发送两个到 { $target }
history-next = 下一个数据包
history-wait = 等待 { $seconds } 秒
history-reading = 正在读取实验…
history-replaying = 正在重做先前的操作：第 { $done } 步，共 { $all } 步

## Keeping and sharing

keep-title = 保存与分享
keep-open = 分享
keep-close = 关闭
keep-link = 链接
keep-link-note = 整个实验以及你正在看的那一步都打包在链接之中：没有服务器保存它们。打开链接的人不需要其他任何东西，也不会丢失自己的实验。
keep-copy = 复制链接
keep-address = 链接
keep-file = 文件
keep-file-note = 集群的文本和你所做的操作，以 JSON 保存。可在这里重新打开，也可以像 YAML 和节点的转储一样，拖到页面任意位置。
keep-save = 保存为文件
keep-choose = 打开文件…
keep-paper = 打印
keep-paper-note = 所选泳道的每一步，以及头部的前后变化，可用作讲义。
keep-print = 打印各步骤
keep-recent = 最近的实验
keep-recent-note = 只保存在本浏览器中。
keep-none = 还没有其他实验：当你打开另一个时，当前这个会出现在这里。
keep-here = 已打开
keep-remove = 移除
keep-rename = 重命名
keep-instead = 改为打开示例
keep-name = 实验名称
keep-keep-name = 保存
keep-rename-what = 重命名：{ $title }
keep-remove-what = 移除：{ $title }
keep-length = { $count } 个字符。
keep-length-long = { $count } 个字符：有些邮件和聊天程序会截断这么长的链接。如果对方收到的链接已损坏，请发送文件。
keep-length-too-long = { $count } 个字符：超出浏览器地址栏的长度。请将实验保存为文件后发送。
keep-size = { $size } · { $steps } 步

## The printed handout

handout-number = 步骤
handout-step = 发生了什么
handout-header = 头部，之前 → 之后
handout-title = { $lane } · { $lab }
handout-between = { $packet }：从 { $client } 到 { $target }
handout-left-out = 另有 { $steps } 步未打印。

## Saving a chart

save-svg = 保存为 SVG
save-png = 保存为 PNG
save-csv = 保存为 CSV

## Notices

notice-close = 关闭此消息
notice-news = 实验室有新版本可用。你的实验已保存。
notice-reload = 打开新版本
notice-from-link = 这个实验来自链接。你原来的实验在“分享”下的最近实验中。
notice-broken-link = 无法打开链接：{ $damage }。请让对方重新发送链接，或者发送文件。下方是你原来的实验，或者示例。
notice-broken-file = 无法打开文件：{ $damage }。下方的实验保持不变。
damage-no-json = 从第 { $line } 行第 { $column } 列起不是 JSON：文件被截断或被改动
damage-no-lab = 这不是已保存的实验室：应以 { $beginning } 开头
damage-newer = 它由更新版本的实验室写成（{ $version }，此版本最高读取 { $ours }）
damage-field = 字段“{ $path }”有误：应为{ $expected }
damage-expected-first = 不带“+ ”的第一行
damage-expected-example = 此版本实验室所拥有的示例编号
damage-expected-lines = 若干行，每行一个字符串
damage-expected-text = 集群的各行，或用“example”代替
damage-expected-list = 字符串列表
damage-expected-object = 一个对象
damage-expected-string = 一个字符串
damage-expected-number = 从 0 起的整数
damage-deed = “{ $line }”是此版本实验室无法执行的操作：应为“send CLIENT -> TARGET”、“next”、“close”、“sleep SECONDS”、“shell DATAPATH PLACE 'LINE'”，或实验室为某个操作打印的命令
damage-sign = 第 { $at } 个字符是“{ $sign }”，链接中不会有它
damage-incomplete = 结尾缺失，或传递途中有一部分被改动
damage-too-large = 解压后超过 { $most } MB
notice-unreadable = 无法将该文件作为文本读取。
notice-refused = 无法打开实验，因为它的文本被拒绝：{ $why }。
notice-forked = 这个实验已在另一个标签页中打开并继续进行。从现在起，每个标签页各有自己的实验；两者都在“分享”下的最近实验中。
notice-gone = 本浏览器已不再保存这个实验。下方的实验保持不变。
notice-failed = 页面在打开你上次的实验时出错或被关闭，因此打开了示例。你的实验在“分享”下的最近实验中。
notice-no-language = 无法加载该语言的文本。页面保持不变；请在联网后重试。

## Stages on the packet’s way, by which the lanes are compared

stage-sent = 已发出
stage-chosen = 后端已选定
stage-rewritten = 已改写
stage-reached = 已到达
stage-answering = 正在应答
stage-home = 已返回

## Which of a Service’s addresses is used

through-cluster-ip = ClusterIP
through-node-port = { $node } 的 NodePort
through-external-ip = 外部 IP
through-load-balancer = 负载均衡器
through-address = 地址

## Everywhere

# How many more of a list are not shown.
more = … 另有 { $count } 个
# A sentence of what is said without a capital and a full stop.
sentence = { $what }。

## What happens to a packet, step by step. Under “-why” stands why, told on demand.

step-the-packet = 数据包
step-the-answer = 应答
step-arrived = { $what }经 { $device } 进入 { $node }。
step-arrived-from = { $what }从 Pod { $pod } 经 { $device } 进入 { $node }。
step-arrived-why = 不是由节点自身进程发出的数据包从 PREROUTING 开始。
step-sent = { $node } 上的一个进程发出数据包。
step-sent-why = 本地进程的数据包先经过路由，再进入 OUTPUT。
step-hook = { $hook }：{ $place }的钩子。
hook-prerouting = 路由之前
hook-prerouting-why = conntrack 在这里查找连接，DNAT 也还可以在这里改变数据包的去向。
hook-input = 通往本节点自身
hook-input-why = 目的地址是本节点的地址。IPVS 在这里工作：所以 Service 的地址要绑定在 kube-ipvs0 上。
hook-forward = 途经本节点
hook-forward-why = 目的地在别处。被转发的数据包既不经过 INPUT，也不经过 OUTPUT。
hook-output = 处理本节点所发数据包
hook-output-why = 本地进程的 DNAT 在这里进行，因为它们的数据包不经过 PREROUTING。
hook-postrouting = 数据包离开前最后
hook-postrouting-why = 路径已经确定，因此可以在这里改写源地址。
step-base-chain = 基本链 { $chain } 开始，优先级 { $priority }。
step-base-chain-why = 同一个钩子上的函数按优先级顺序运行，与由哪个工具注册无关。
step-chain = 进入链 { $chain }。
step-chain-why = 匹配的规则跳转到这里。
step-chain-ends = { $chain } 结束：回到跳转之后的规则。
step-chain-returns = { $chain } 提前返回：回到跳转之后的规则。
step-chain-policy = { $chain } 结束：由它的默认策略决定。
step-chain-decided = { $chain } 已有判决。
step-rule-matches = 规则匹配（{ $tests }）。
step-rule-matches-why = 执行它的目标动作。
step-tests = { $tests } 次检查
step-rule-missed = 规则不匹配（{ $tests }）。
step-rules-missed = { $chain } 中连续 { $count } 条规则不匹配（{ $tests }）。
step-rules-missed-why-iptables = 第一个失败的检查就会结束一条规则，然后转到下一条。iptables 没有针对链中规则的索引：只能逐条尝试。
step-rules-missed-why-nftables = 第一个失败的检查就会结束一条规则，然后转到下一条。nftables 同样逐条尝试链中的规则：只有集合和映射有索引。
# $structure is the kernel's word: ipset, set, map, verdict map …
step-found = 在 { $structure } { $name } 中查找一次：{ $key } 存在 → { $found }。
step-not-found = 在 { $structure } { $name } 中查找一次：{ $key } 不存在。
step-found-why = 无论有多少条目，哈希查找的开销都相同。
step-backend = 后端已选定：{ $backend }。
step-backend-pod = 后端已选定：{ $backend }（{ $node } 上的 Pod { $pod }）。
step-backend-nat-why = 这是为连接选定的，而不是为单个数据包：conntrack 会记住它。
step-backend-scheduler-why = 由 IPVS 的调度器 { $scheduler } 选定；IPVS 连接表会记住它。
step-backend-template-why = 此客户端的持久化模板指向它。
step-mark = 数据包标记变为 { $to }（原为 { $from }）。
step-mark-why = kube-proxy 会标记那些必须以节点地址离开的数据包；POSTROUTING 中会再次读取此标记。
step-connection-mark = 连接标记变为 { $to }（原为 { $from }）。
step-connection-mark-why = 它一直保留在连接上。
step-source-rewritten = 源地址被改写：{ $from } → { $to }。
step-destination-rewritten = 目的地址被改写：{ $from } → { $to }。
step-request-destination-why = Service 的地址不属于任何机器：数据包必须带上后端自己的地址。
step-request-source-why = 以节点的地址为源地址，应答就必须经由本节点返回。
step-reply-source-why = 客户端访问的是 Service 的地址，来自其他地址的应答会被当作陌生来源。
step-reply-destination-why = 发给节点地址的应答会继续送往真正的客户端。
step-routed-local = 路由：目的地址是本节点自己的地址，位于 { $device }。
step-routed-through = 路由：从 { $device } 发出，经网关 { $gateway }。
step-routed-straight = 路由：从 { $device } 发出，直达目的地。
step-routed-nowhere = 路由：没有通往目的地的路由。
step-routed-refused = 路由：有一条路由拒绝该目的地：{ $with }。
step-routed-blackhole = 路由：命中黑洞路由。
step-routed-why = 最长前缀匹配优先；本地地址最先匹配。
step-martian = 作为 martian 数据包丢弃：{ $reason }。
step-martian-why = 内核认为这种数据包是伪造的；除非设置了 log_martians，否则不记录日志。
step-assigned = 数据包归属于 { $socket }。
step-assigned-why = 它的地址保持不变；需要由策略路由规则把它送到本节点。
step-stolen = { $by } 从钩子中取走数据包，自行发送。
step-stolen-why = 此钩子的其余部分不会再见到它。IPVS 把它标为自己的数据包，交给 OUTPUT。
step-accepted = 在这里被接受；继续下一个函数。
step-accepted-why = 另一条基本链仍然可能丢弃它。
step-dropped = 已丢弃。客户端得不到任何回音。
step-dropped-why = 被丢弃的数据包不会留下 conntrack 条目。
step-rejected = 以 { $with } 拒绝：丢弃数据包并通知发送方。
step-delivered = 本节点上的一个进程收到数据包。
step-out-to-pod = 从 { $device } 发往 Pod { $pod }。
step-out-to-node = 从 { $device } 发往 { $node }。
step-out-towards = 从 { $device } 发向 { $hop }。
step-out-why = 数据包标记留在节点内：它不会出现在线路上。
step-answered = 节点自行应答：{ $packet }。
step-not-modelled = 未建模：{ $what }。视为规则不匹配。
step-not-modelled-why = 实验室会保留并指出它所不了解的内容；真实节点在这里的行为可能不同。
step-fragment-held = 先保留此分片，直到同一数据报的其他分片到齐。
step-fragment-held-why = conntrack 先让数据报重组，再进行查看，因此没有规则会见到不带端口的分片。
step-reassembled = 所有分片已到齐：数据报作为一个数据包继续前进。
step-reassembled-why = 离开时会再次分片。
step-fragmented = 数据包分成 { $count } 个分片离开。
step-fragmented-why = 每个分片都不超过设备允许的长度，也不超过到达时的分片长度。
step-encapsulated = overlay 网络在数据包外面再套一层从节点到节点的 UDP 数据包。
step-encapsulated-why = 外层数据包会另行经过 OUTPUT 和 POSTROUTING，并有自己的连接；标记会保留。
step-decapsulated = overlay 网络从外层数据包中取出里面的数据包。
step-decapsulated-why = 它从 overlay 设备进入，从 PREROUTING 开始。
step-switched = 网桥 { $bridge } 把帧交给它的端口 { $port }。
step-switched-why = 网桥按硬件地址转发：剩余跳数保持不变。
step-frame-dropped = 帧被丢弃：{ $reason }。
step-frame-dropped-why = 在 IP 层以下没有谁会应答，也不记录日志。
step-connection-new = conntrack 中没有这个连接，于是新建 { $connection }：{ $tuple }。
step-connection-new-why = 在数据包通过本节点的最后一个钩子之前，它只是暂定的。
step-connection-original = conntrack 找到连接 { $connection }，原方向；数据包状态为 { $info }。
step-connection-reply = conntrack 找到连接 { $connection }，应答方向；数据包状态为 { $info }。
step-connection-found-why = 按地址、端口和协议查找一次。
step-connection-altered = 连接 { $connection } 现在期待的应答为 { $reply }。
step-connection-altered-why = 符合这一形式的应答会被识别并反向转换。
step-connection-confirmed = 连接 { $connection } 进入 conntrack 表。
step-connection-confirmed-why = 从现在起，它的数据包在两个方向上都只需查找一次即可找到。
step-connection-invalid = conntrack 认为数据包 INVALID：{ $reason }。
fault-loopback-destination = 从外部来的数据包以环回地址为目的地址
fault-loopback-source = 从外部来的数据包以环回地址为源地址
fault-loopback-source-leaves = 要发往外部的数据包以环回地址为源地址
fault-source-of-many = 源地址不是单独一台机器
fault-group-not-joined = 该节点上没有谁加入这个组
fault-own-source = 从外部来的数据包以该节点自己的地址为源地址
fault-no-way-back = 应答不会从这个设备发出（rp_filter）
fault-does-not-forward = 不是发给该节点的，而该节点不转发（ip_forward）
fault-own-overlay-packet = 是该设备自己发出的
fault-too-long-for-port = 它超过端口能承载的长度
fault-unknown-peer = 没有谁告诉该设备另一端是谁
fault-dead-loop = 该设备不停地发送自己的数据包（“Dead loop on virtual device”）
fault-no-bridge = 没有这个网桥
fault-turns-back = 它会从进来的端口返回，而该端口没有开启 hairpin
fault-nobody-has-address = 网桥上没有谁说这个地址是自己的（ARP、邻居发现）
fault-no-other-port = 网桥没有其他端口
fault-fragment-alone = 无法与其他分片重组的分片
fault-error-to-another = ICMP 错误不是发给该连接自己的一端
fault-error-of-nothing = ICMP 错误所涉及的数据包不属于任何已知连接
fault-echo-reply-alone = 没有对应请求的 echo 应答
fault-sctp-out-of-the-blue = 凭空出现、没有谁会应答的 SCTP 数据包
fault-sctp-init-with-tag = 带有验证标签的 INIT
fault-sctp-begins-nothing = 不能开始一个 SCTP 偶联
fault-sctp-wrong-tag = 验证标签不同的 SCTP 数据包
fault-sctp-without-chunks = 没有块的 SCTP 数据包
fault-sctp-chunks-apart = 不能放在一起的 SCTP 块
fault-sctp-chunk-out-of-place = 在偶联的当前状态下没有意义的 SCTP 块
fault-sctp-other-init-ack = 标签与之前不同的 INIT ACK
fault-tcp-ack-alone = 不属于任何已知连接的 ACK，也不能开始连接（nf_conntrack_tcp_loose=0）
fault-tcp-begins-nothing = 既不是 SYN 也不是 ACK：不能开始 TCP 连接
fault-tcp-flags-out-of-place = 在连接的当前状态下没有意义的 TCP 标志
step-conntrack-full = conntrack 表已满，数据包被丢弃。
step-conntrack-full-why = 内核日志会写“nf_conntrack: table full, dropping packet”；上限由 net.netfilter.nf_conntrack_max 决定。
step-overtaken = 此连接进入表之前，同一流的另一个数据包在另一个处理器上先通过了。
step-overtaken-why = 新连接要到首个数据包走完时才进入表（nf_conntrack_confirm）。在此之前另一个数据包找不到它，于是另开一个连接，另选一个后端。
step-insert-failed = 连接无法进入表：同一流的另一个连接已在表中。
step-insert-failed-why = 内核丢弃该数据包，并计入 insert_failed（conntrack -S）。UDP 数据包例外：它们沿用表中已有的连接，或与之并存（nf_ct_resolve_clash）。
step-entry-clashes = 同一流的另一个连接已在表中，且后端不同：此连接只为自己的应答进入表。
step-entry-clashes-why = 它只保留一秒，只有它的应答能找到它；该流后续的数据包走另一个连接（nf_ct_resolve_clash_harder）。2020 年以前的内核在此丢弃数据包，解析器要等五秒才重新查询。
step-nat-skipped = 不再经过 nat 链：连接 { $connection } 已有决定。
step-nat-skipped-why = NAT 只为连接的第一个数据包作决定；后续数据包都按 conntrack 重复同样的转换。

## How it ended for the client

end-answered = 已应答：{ $server }
end-answered-why = 应答带有客户端所访问的地址，因此客户端会接受它。
# Who answers, with its address.
end-server = { $server }（{ $address }）
end-refused = 被拒绝：{ $by }
end-refused-why = 数据包已到达，但没有进程在监听该端口。
end-rejected = 在 { $by } 上被拒绝
end-rejected-why = 节点拒绝了数据包并通知客户端，因此客户端立即失败。
end-mismatched = 被客户端重置：它期待的是 { $expected }
end-mismatched-why = 应答来自客户端从未访问过的地址。
end-dropped = 在 { $by } 上被丢弃
end-dropped-why = 客户端得不到任何回音，一直等到放弃。
end-reply-lost = 应答在 { $by } 上丢失
end-reply-lost-why = 数据包已到达，但应答没有回到客户端。
end-node-down = 丢失：{ $node } 已宕机
end-node-down-why = 没有谁接收这个数据包。在控制平面察觉之前，规则仍会指向那里。
end-no-route = 没有路由，起点：{ $place }
end-no-route-why = 外部的机器没有通往它的路由：该地址只在集群内部可知，或者属于自行终结连接的负载均衡器（ipMode: Proxy）。
end-looped = 无休止地循环转发
end-looped-why = 各节点不断把它转给下一个。
place-pod = Pod { $pod }
place-address = { $address }
place-process = { $node } 上的进程
place-some-process = 某个进程
place-outside = 集群外部
place-behind = { $device } 另一侧的机器

## What a lab is called in a list

title-copied-node = 复制的节点
title-copied-node-at = 复制的节点 { $address }
title-no-services = 没有 Service
title-one = { $service }
title-two = { $one } 和 { $other }
title-more = { $one }、{ $other } 及另外 { $rest } 个

## Chains and rules that no packet comes to

finding-chain = 数据包所到之处都不通向这里
finding-in-chain = 数据包所到之处都不通向链 { $chain }
finding-behind = 没有数据包会越过 { $rule }
dns-label = { $name }
dns-label-external-name = { $name }（ExternalName：没有规则）
dns-label-headless = { $name }（无头：没有规则）

## What the fields of the forms do

field-service-type = 从哪里可以访问此 Service：集群内部、每个节点的一个端口，或负载均衡器
field-service-selector = 哪些 Pod 是它的端点：带有所有这些标签的 Pod
field-service-port = Service 各地址上的端口
field-service-target-port = 数据包要转发到的 Pod 端口，可以是端口号或名称
field-service-node-port = 每个节点为此 Service 应答的端口
field-service-external-policy = Local 只把来自外部的流量发往同一节点上的端点，并保留客户端的地址
field-service-internal-policy = Local 只把来自 Pod 的流量发往其所在节点上的端点
field-service-affinity = ClientIP 会把客户端发往它先前使用的端点
field-service-affinity-timeout = 客户端静默多少秒之后可以换到另一个端点
field-service-distribution = 每个节点优先使用哪些端点，通过 EndpointSlice 中的提示（hints）实现
field-service-publish-not-ready = 端点在就绪之前就视为就绪
field-service-external-ips = 节点额外接收哪些地址的数据包；没有谁检查这些地址归谁所有
field-service-ingress = 访问负载均衡器所用的地址；通常由云平台写入
field-service-ingress-mode = VIP 在数据包中保留该地址，因此由节点应答；Proxy 则不保留
field-service-source-ranges = 从哪些地址可以访问负载均衡器的地址；留空表示不限制
field-deployment-replicas = 同时运行多少个 Pod
field-deployment-labels = 它的 Pod 的标签，Service 据此选择
field-deployment-ports = Pod 监听的端口；Service 可以按名称引用端口，例如 http=8080
field-deployment-probe = Pod 是否要经过探测才算就绪；没有探针则立即就绪
field-deployment-nodes = 它的 Pod 可以运行在带哪些标签的节点上；留空则分散到所有节点
field-deployment-strategy = 新版本是逐步替换，还是等所有旧 Pod 结束之后再启动
field-slice-addresses = Service 的数据包要转发到的地址，逐个列出
field-slice-ready = 这些端点是否接受新连接；手工创建的端点不会被探测
field-slice-port = 这些地址上的端口，对应 Service 中同名的端口
field-proxy-mode = 集群使用哪种数据路径；各泳道会同时显示三种
field-proxy-scheduler = 内核的 IPVS 如何为新连接选择端点
field-proxy-node-port-addresses = NodePort 在节点的哪些地址上应答，填写网段或 primary；留空表示全部
field-proxy-masquerade-all-iptables = 在 iptables 和 IPVS 模式下，发往 ClusterIP 的流量一律以节点的地址为源地址
field-proxy-masquerade-all-nftables = 在 nftables 模式下，发往 ClusterIP 的流量一律以节点的地址为源地址
field-proxy-localhost = 在 iptables 模式下，NodePort 也在 127.0.0.1 上应答
field-node-zone = 节点所在的区域，供优先使用同区域端点的 Service 使用
field-node-cpu = 它的处理器数量，topology-mode Auto 据此在各区域之间分配端点

## What can be added, and the fields of what is new

blank-service = 为一组 Pod 或你自己列出的端点提供一个地址和一个名称
blank-slice = 没有选择算符的 Service 的端点，例如集群外部的数据库
blank-deployment = 一组同样的 Pod，数量由你决定
blank-node = 再加一台机器，带有自己的 kube-proxy
blank-client = 在你选择的节点上的一个 Pod，只发送数据包，不提供服务
new-namespace = 位于哪个命名空间；可以是尚不存在的
new-service-name = DNS 中使用的名称
new-service-type = 从哪里可以访问它：集群内部、每个节点的一个端口，或负载均衡器
new-service-selector = 哪些 Pod 是它的端点；若在 EndpointSlice 中自行列出端点，则留空
new-service-protocol = 它的端口所用的协议
new-slice-service = 这些端点所属的 Service
new-slice-name = 任意名称
new-slice-addresses = 数据包要转发到的地址，逐个列出
new-slice-port = 这些地址上的端口；有多个时，按 Service 端口的顺序填写
new-deployment-name = 它的 Pod 以此命名
new-node-name = Pod 绑定到节点时使用的名称
new-node-addresses = 其他节点用来找到它的地址
new-node-ranges = 它的 Pod 从哪个网段获得地址
new-client-name = 选择由它发送时使用的名称
new-client-node = 它所运行的节点

## What settings and fields have to do with rules

reason-masquerade-bit = 表示需要 SNAT 的标记
reason-masquerade-all = 发往 ClusterIP 的流量一律做 SNAT
reason-detect-local = 如何区分 Pod 与外部来源
reason-node-port-addresses = 在节点的哪些地址上开放 NodePort
reason-localhost = NodePort 是否在 127.0.0.1 上开放
reason-tcp-liberal = 超出窗口的 TCP 是否视为无效
reason-service-cidrs = ClusterIP 的分配网段
reason-scheduler = 虚拟服务如何选择真实服务器
reason-endpoint = Service 背后的一个服务器
reason-slice-ports = 服务器监听的端口
reason-slice-no-endpoints = 其中没有一个接收流量
reason-slice-no-local = 其中没有一个在本节点上
reason-port = 端口本身：分发其流量的链
reason-target-port = 服务器监听的端口
reason-no-endpoints = 它所选择的 Pod 中没有一个接收流量
reason-cluster-ip = 集群内部的地址
reason-external-ip = 由路由器送到各节点的地址
reason-ingress = 负载均衡器的地址，在节点上就地截获
reason-source-ranges = 谁可以经由负载均衡器访问
reason-node-port = 在节点上开放的端口
reason-health-check = 负载均衡器在此询问本节点是否有端点
reason-external-policy = 来自外部的流量是否留在其所到的节点
reason-internal-policy = 来自内部的流量是否留在其所在的节点
reason-affinity = 客户端是否一直使用同一个服务器

## What cluster DNS answers

dns-address-as-name = externalName 形似一个 IP 地址，而 DNS 不能为地址建立别名：因此没有应答
dns-alias = 该名称是另一个名称的别名。没有需要转换的地址，也没有端点，因此 kube-proxy 不为 ExternalName Service 写入规则
dns-cluster-ip = 该名称指向 ClusterIP，无论端点是否就绪：由哪个端点应答取决于 kube-proxy 的规则
dns-headless-empty = 无头 Service 没有自己的地址，它的端点也没有一个就绪：该名称不存在。kube-proxy 不为它写入规则
dns-headless = 无头 Service 没有自己的地址，因此 kube-proxy 不为它写入规则：该名称指向所有就绪的端点，由客户端选择其一并直接发送

## What people and controllers do, behind a name such as “user” or “kubelet” and a colon

does-nothing = 没有动作
does-wait = 等待 { $seconds } 秒
does-create = 创建 { $object }
does-change = 修改 { $object }
does-delete = 删除 { $object }
does-scale = 将 { $object } 从 { $from } 个副本扩缩到 { $to } 个
does-restart = 滚动重启 Deployment { $name }，其 Pod 模板随之改变
does-configure = 修改 kube-proxy 的 ConfigMap 并重启其 DaemonSet
does-probe-succeed = Pod { $pod } 的就绪探针重新成功
does-probe-fail = Pod { $pod } 的就绪探针失败
does-delete-slices = 删除 Service { $service } 所拥有的 EndpointSlice
does-delete-sets = 删除 { $owner } 所拥有的 ReplicaSet
# $pods is one of the lists of Pods further down, here and below.
does-delete-owned = 删除 { $owner } 所拥有的 { $pods }
does-delete-orphans = 删除 { $pods }，其节点 { $node } 已消失 { $seconds } 秒
does-create-pods = 创建 { $owner } 的 { $pods }
does-delete-pods = 删除 { $owner } 的 { $pods }
does-create-set = 创建有 { $replicas } 个副本的 ReplicaSet { $set }
does-scale-set = 将 Deployment { $deployment } 的 ReplicaSet { $set } 从 { $from } 个副本扩缩到 { $to } 个
# $parts is one of the next three, or several of them joined.
does-slices = Service { $service } 的 EndpointSlice：{ $parts }
does-slices-without-hints = { $what }，没有拓扑提示：{ $event }
does-create-count = 创建 { $count } 个
does-update-count = 更新 { $count } 个
does-delete-count = 删除 { $count } 个
does-and-does = { $one }，{ $other }
does-mirror = 为 Endpoints { $name } 生成对应的 EndpointSlice
does-start = { $pods } 启动
does-become-ready = { $pods } 变为就绪
does-end = { $pods } 已结束
does-and-also = { $one }；{ $other }
does-go = { $pods } 分配到 { $node }
does-spread = { $pods } 分配到 { $nodes }
does-report = { $node } 的 kubelet 重新上报状态
does-uncordon = 恢复 { $node } 的调度
does-cordon = 停止向 { $node } 调度
does-evict = 从 { $node } 驱逐 { $pods }
does-lose = { $seconds } 秒未收到 { $node } 的消息：其 Ready 状况变为 Unknown
does-mark-pods = 将 { $node } 上的 Pod 标记为未就绪
does-delete-lost = { $seconds } 秒之后，删除失联节点 { $node } 上的 { $pods }
pods-one = Pod { $name }
pods-few = Pod { $first } 和 { $last }
pods-many = { $count } 个 Pod
nodes-listed = { $nodes }{ $more ->
    [yes] {" "}等
   *[no] {""}
  }

## Why an action is not done

refused-not-found = 没有 { $object }
refused-daemon-set = DaemonSet { $name } 不能扩缩：它在每个适合的节点上各有一个 Pod
refused-too-many-pods = { $replicas } 个 Pod 超出了实验室的上限：最多 { $most } 个
refused-no-probe = Pod { $pod } 没有就绪探针：只要它在运行，kubelet 就视其为就绪
refused-not-running = Pod { $pod } 没有在运行，因此不会被探测
# $said is what the API server says, in its own words.
refused-by-api-server = 被 API 服务器拒绝：{ $said }
refused-exists = metadata.name：{ $object } 已存在，请换一个名称
refused-replicas = { $object } 已经有 { $replicas } 个副本
refused-probe-succeeds = Pod { $pod } 的就绪探针本来就是成功的
refused-probe-fails = Pod { $pod } 的就绪探针本来就是失败的
refused-so-already = { $object } 已经如此
refused-configured = kube-proxy 已经如此配置
refused-deleting = Pod { $pod } 已在删除中
refused-not-ready = 节点 { $node } 已经处于未就绪状态
refused-ready = 节点 { $node } 已经处于就绪状态
refused-not-cordoned = 节点 { $node } 并未停止调度
refused-load = 实验室自己的 { $tool } 拒绝了 { $node } 上的 kube-proxy 所写的内容，这是实验室的缺陷

## What files to take away are

export-services = 所有 Service。kubectl 不会改动它们的状态：负载均衡器的地址由创建者写入。
export-slices = 所有 EndpointSlice。带选择算符的 Service 的 EndpointSlice 由控制平面自行生成：只需应用没有选择算符的 Service 的那些。
export-nodes = 所有节点，供重新读入实验室：在集群中，节点由 kubelet 注册。
export-workloads = 所有工作负载，供重新读入实验室：实验室不知道它们的镜像，缺少镜像时 API 服务器会拒绝它们。
export-pods = 所有 Pod，供重新读入实验室：在集群中，Pod 由控制器创建。
export-configuration = kube-proxy 的 ConfigMap，按 kubeadm 的命名；适用于所有节点。
export-restore = 节点上完整的 { $program } 规则，供 { $program }-restore 使用。
export-commands = 每条链、每条规则各一条 { $program } 命令，便于阅读和逐条尝试。
export-nft = 节点上的全部 nftables 表，格式与 `nft list ruleset` 的输出相同，供 nft -f 使用。
export-ipset = 所有集合及其元素，供 ipset restore 使用；请在规则之前加载。
export-ipset-commands = 每个集合、每个元素各一条 ipset 命令。
export-ipvsadm = 所有虚拟服务及其真实服务器。开头没有注释，因为 ipvsadm 不接受注释。需要：{ $modules }。加载：ipvsadm -R < { $name }。撤销：{ $undo }。
export-ipvsadm-commands = 每个虚拟服务、每个真实服务器各一条 ipvsadm 命令。
export-addresses = IPVS 模式所需的内核模块、设置以及 kube-ipvs0 的地址；请最先运行。

## What is wrong with an address that was typed

ask-protocol = “{ $given }”不是可以询问的协议：应为 tcp、udp、sctp，或用于 ping 的 icmp
ask-destination = “{ $given }”不是带端口的地址：应形如 10.96.0.1:80 或 [fd00::1]:80
ask-source = “{ $given }”不是地址：应形如 10.0.0.5 或 fd00::5
ask-device = 文本中没有网络设备“{ $given }”
ask-own = { $address } 是节点自己的地址：请选择节点上的进程
ask-no-way = 节点没有通往 { $address } 的路由：请指明它在哪个网络设备的另一侧
ask-outside = “{ $given }”不是地址：应形如 198.51.100.7，即集群外部某台机器的地址
ask-no-pod = { $address } 属于 { $node } 的 Pod 网段，但没有 Pod 使用它：请添加一个客户端 Pod

## Lessons

lesson-no-client = 这个实验中没有客户端“{ $client }”
lesson-no-target = 这个实验中没有目标“{ $target }”
lesson-no-address = { $client } 没有目标所属地址族的地址
lesson-not-connected = 没有打开的连接
learn-open = 学习
learn-title = 学习
learn-note = 简短的课程和挑战。先预测会发生什么，运行，再看结果：由模型来评判。
learn-loading = 正在加载课程…
learn-minutes = { $minutes } 分钟
learn-done-of = 已完成 { $done } / { $all } 步
learn-solved-in = 用 { $actions } 次操作解决（已知最少：{ $par }）
learn-beliefs = 人们以为的事
learn-beliefs-note = 流传很广，却并非如此。每一条都可以在课程或挑战中试一试。
learn-belief = 说法
learn-fact = 事实
learn-try = 试一试
learn-leave = 离开课程，留在它的实验中
learn-printed = 输入的命令与输出
worksheet-print = 打印本课的练习单
worksheet-name = 姓名
worksheet-date = 日期
worksheet-because = 理由
worksheet-seen = 实际发生了什么
worksheet-found = 原因
worksheet-mended = 我做了什么，用了几步
learn-before = 上一步
learn-next = 下一步
learn-more = 全部课程
learn-place = { $at } / { $all }
learn-predict = 预测
learn-predict-first = 请先选择一个答案。
learn-run = 运行
learn-again = 再次运行
learn-deeds = 将要运行：{ $count } 条命令
learn-undone = 无法运行：{ $why }。
learn-right = 正如你所说。
learn-otherwise = 并非如此。请在各泳道中逐步查看原因。
learn-otherwise-unsent = 并非如此。请继续阅读了解原因。
learn-none = 就实验现在的状态而言，没有一个答案成立。
learn-is-so = 正确
learn-is-not-so = 不正确
learn-hint = 提示 { $number }。
learn-give-hint = 给我一个提示
learn-start-again = 重新开始
learn-actions = 到目前为止 { $actions } 次操作；已知最少：{ $par }
learn-solved = 用 { $actions } 次操作解决。已知最少：{ $par }。
goal-title = 需要达到的状态
goal-note = 在你的实验的副本上试过：{ $all } 项中已达到 { $met } 项。
goal-met = 已达到
goal-unmet = 尚未达到
goal-undone = 无法执行：{ $why }
goal-in-every = 每条泳道中：{ $fact }
goal-not-in-every = 并非每条泳道中都是：{ $fact }
goal-in-any = 至少一条泳道中：{ $fact }
goal-in-none = 没有一条泳道中：{ $fact }
goal-in-one = 在泳道 { $lane } 中：{ $fact }
goal-not-in-one = 在泳道 { $lane } 中并非：{ $fact }
goal-not = 并非：{ $claim }
goal-answered = 数据包得到应答
goal-rejected = 数据包被拒绝
goal-dropped = 数据包被丢弃
goal-refused = 服务器所在的机器说没有进程在监听
goal-mismatched = 应答来自另一个地址，而不是所问的地址
goal-passed = 数据包经过 { $hook }
goal-chose-at = 在 { $hook } 选定后端
goal-entered = 数据包进入某一条链
goal-matched = 数据包匹配某一条规则
goal-lists = 某个节点上列出某段文字
goal-tracks = 连接表中有某个连接
goal-reached = 数据包到达 { $text }
goal-rewrote-source = 数据包的源地址被改写
goal-rewrote-destination = 数据包的目的地址被改写
goal-skipped-nat = 不经过 NAT 的链
goal-same-server = 两个数据包到达同一台服务器
goal-invalid = conntrack 认为有数据包无效
goal-printed = 最后输入的一行打印出“{ $text }”
goal-failed = 最后输入的一行执行失败
goal-true = 成立
goal-false = 不成立
goal-compare = { $left } { $sign } { $right }
goal-number = { $number }
goal-times = { $times } × { $counted }
goal-counted = 泳道 { $lane } 中{ $what }
goal-count-rules = 数据包要比对的规则数
goal-count-tests = 对字段的测试次数
goal-count-lookups = 查找次数
goal-count-rewrites = 改写次数
goal-count-nodes = 经过的节点数
goal-count-entries = conntrack 的条目数
goal-count-connections = IPVS 连接表的条目数
goal-count-answers = 可能应答的服务器数
goal-count-chance = 最可能的服务器的概率
goal-count-least-chance = 最不可能的服务器的概率
goal-count-lines = kube-proxy 写出的行数
goal-count-bytes = kube-proxy 写出的字节数
goal-count-listed = 工具列出的行数
mistakes-title = 课程文件中有 { $count } 处错误
mistakes-where = 行号和列号是文件中的位置。改正后请再次打开。
mistakes-close = 关闭错误列表
learn-save-scenario = 另存为场景
notice-no-lessons = 无法加载课程。你是否离线，而且之前没有打开过它们？
notice-no-lesson = 没有名为“{ $name }”的课程。

## The command line

shell-advice = 应为：{ $expected }。处理办法：{ $advice }。
shell-not-modelled = 实验室的 { $tool } 不支持：{ $what }。
shell-place-gone = { $place } 已不存在或已停机。请换一个位置。
shell-no-bash = 实验室的 shell 不支持：{ $what }。
shell-no-files = 这里没有 { $name }：一台机器上只有在本实验室中写入的文件，例如用 iptables-save > rules 写入的。程序也可以从管道或 here-document 读取输入，例如 cat <<EOF | kubectl apply -f -
shell-see-help = 实验室没有这个程序。输入 help 可列出可用的程序。
shell-only-on-nodes = { $name } 操作的是节点自身的规则；容器里既没有这个程序，也没有权限。请到节点上运行，例如用 exit 或位置列表。
shell-help = 以下命令作用于实验室自己的节点，输出与 Debian 12 上相同。命令可用 |、;、&& 和 || 连接；Tab 补全，↑ 和 ↓ 调出之前的命令。
shell-conntrack-module = { $name } 在 Linux 4.19 中并入了 nf_conntrack：此后的内核都没有它，kube-proxy 也不再要求它。
shell-modules-built-in = 实验室的内核已内置该模块，无需加载。
shell-lsmod = 实验室的内核把所有功能都内置了；lsmod 只列出以模块形式加载的部分。
shell-no-such-table = { $name } 不是表名：只有 raw、mangle、nat、filter 和 security。
shell-needs-input = 它在等待输入，而实验室没有可供它读取的键盘：请用管道传入，或在命令后写 <<EOF、各行内容和 EOF。
shell-at = 在 { $place }：{ $message }
shell-bridge-ports =
    { $count ->
        [0] 此节点的网桥没有端口。
       *[other] 实验室所记录的端口：{ $ports }
    }
shell-no-cluster = 这个实验只有一个复制来的节点：背后没有 API 服务器。
shell-no-images = 实验室不保存容器的名称和镜像：这些列已省略。
shell-watches = 没有人操作时这里不会有变化，kubectl 会一直等待：实验室在此按下了 Ctrl-C。
shell-set-image = 实验室不保存镜像，换一个镜像在这里不会有任何变化。kubectl rollout restart 会以同样的方式替换 Pod。
shell-kubectl-below = { $command } 之下有这些命令：{ $list }。
shell-kubectl-flags = 实验室没有 kubectl 的帮助文本。{ $command } 的标志中，实验室支持：{ $list }。
shell-no-logs = 实验室的 Pod 中没有运行程序，因此没有任何日志。
shell-proxies-restarted = 实验室的 kube-proxy 一起启动：三种数据路径中的所有 kube-proxy 都已重新启动，并进行了完整同步。
shell-own-proxy = { $name } 属于 kube-proxy 自己。实验室按 kubeadm 创建的样子显示它，只能让 kube-proxy 重新启动：kubectl rollout restart ds kube-proxy -n kube-system
shell-merge-patch = 实验室按 --type merge 的方式合并：列表会整体替换，而 kubectl 默认会按键合并 Service 的端口和容器。
shell-kind-not-kept = 集群里有 { $kind } 类型的对象；实验室不保存它们。
shell-other-kind = 实验室没有 { $kind } 类型的对象（在 { $place }）。
shell-no-time = 实验室的数据包在途中不耗时，因此每次往返都是 0 ms。数据包的路径见上方泳道。
shell-answered = { $server } 作出了应答，它看到的客户端是 { $address }。服务器发送的内容由它自己决定：实验室没有这些文本。数据包的路径见上方泳道。
shell-no-answer = 连接已建立，但请求没有得到应答。上方泳道显示它在何处终止。
shell-interrupted = 没有任何返回，程序一直在等待：此处由实验室按下了 Ctrl-C。上方泳道显示数据包在何处终止。
shell-no-name = 对于在这里查询的客户端，集群 DNS 没有 { $name }。Pod 会用 web.shop.svc.cluster.local 这样的全名查询它；节点和外部机器查询的是其他服务器。
shell-curl-meter = curl 的进度表已省略：它统计字节数和秒数，实验室里没有这些。
shell-curl-unknown = { $names } 已省略：只有服务器的应答才能给出，而实验室没有应答的内容。
shell-route-all = 这里没有列出 IPv6：实验室不保存内核表中关于组播和链路的路由。“ip -6 route” 列出 main 表。
shell-loop-end = 实验室在此结束了循环：一行中的所有循环合计最多执行 { $count } 次。
shell-neighbours = 实验室的节点无需询问就知道自己 Pod 的硬件地址，因此这里列为 PERMANENT。真实节点会询问这些地址以及其他节点的地址，并列为 REACHABLE 或 STALE。
shell-watch = 在 80 列的屏幕上只看一次，因为没有人操作时实验室里不会有变化：
shell-title = 命令行
shell-open = 打开命令行
shell-close = 关闭命令行
shell-clear = 清屏
shell-place = 命令在何处运行
shell-nodes = 节点
shell-pods = Pod
shell-outside = 外部机器
shell-datapath = 哪种数据路径的节点
shell-log = 命令及其输出
shell-input = 命令
shell-hello = 你是实验室某个节点上的 root。可以试试 iptables -t nat -S KUBE-SERVICES、nft list ruleset、ipvsadm -Ln、kubectl get svc -A 或 help。
shell-hint = Enter 运行，Tab 补全，↑ 调出上一行，Ctrl R 调出含有已输入内容的行，Ctrl L 清屏，Esc 关闭。
shell-key = 打开和关闭命令行
end-delivered = 数据包到达 { $server }；不再有应答。
end-delivered-why = 这是双方都已关闭的连接的最后一次确认。
send-close = 关闭此连接：FIN、FIN 和最后的确认
send-close-short = 关闭
keys-close-connection = 关闭连接
send-source-port = 源端口
send-twice = 同时发送两个数据包
send-twice-why = 节点的两个处理器各处理一个，后发的更快，就像解析器用同一个套接字同时查询两种地址
ask-port = “{ $given }”不是端口：应为 0 到 65535 的数字，留空则使用下一个
history-close = 关闭连接

## Figures in other pages

embed-no-client = 没有客户端“{ $given }”：应为 Pod 或节点的名称、“outside”或一个地址；现有 { $known }
embed-no-target = 没有 Service“{ $given }”：应为 namespace/name，或带端口的地址，如 10.96.0.1:80/tcp；现有 { $known }
embed-no-port = 没有端口 { $given }：应为其中之一：{ $known }
embed-no-command = 没有命令“{ $given }”：应为实验室为某个操作显示的命令，如 kubectl scale deployment/web -n shop --replicas=4
embed-no-scenario = 没有场景“{ $given }”。可用的有：{ $known }。
embed-wrong-word = 属性 { $attribute } 的值是“{ $given }”。应为其中之一：{ $expected }。
embed-wrong-step = 属性 step 的值是“{ $given }”。应为从 0 开始的整数，或“last”。
embed-broken-file = 无法读取此图保存的实验：{ $why }。
embed-broken-link = 无法读取此图的链接：{ $why }。
embed-no-link = 此图的链接不是实验室的链接：其片段应以 v1. 开头
embed-broken-lesson = 此图的课程或场景有错误：
embed-refused = 此图的文本不是集群：
embed-trouble = 无法显示 Datapath Lab 的这幅图
embed-open = 在实验室中打开
embed-unreachable = 无法从 { $address } 取得此图的文本：{ $why }
embed-foreign = 此图的文本在另一个网站 { $address }：只接受与页面同一网站的文本
embed-versions = 此页面加载了 Datapath Lab 的两个版本：{ $one } 和 { $other }。只能显示其中一个：请让所有脚本使用同一版本。
embed-title = 放进其他页面
embed-note = 把此实验作为可操作的图嵌入页面，并停在你看到的这一步。读者可以在那里逐步查看，也可以通过“在实验室中打开”来到这里。
embed-element = 元素
embed-element-note = 用于可以加载脚本的页面。需要此实验室旁边的“package”文件夹，或 npm 包 datapath-lab。
embed-frame = 框架
embed-frame-note = 用于不允许脚本的地方。
embed-preview = 外观
embed-width = 预览的宽度
embed-width-all = 尽可能宽
embed-width-page = 正文栏
embed-width-phone = 手机
embed-view = 部分
embed-view-full = 全部泳道
embed-view-lane = 一条泳道
embed-view-trace = 步骤
embed-view-rules = 规则
embed-view-graph = 链
embed-view-chart = 开销曲线
embed-all = 全部
embed-controls = 控件
embed-controls-all = 数据包与步骤
embed-controls-steps = 步骤
embed-controls-none = 无
embed-of-page = 页面的语言
embed-height = 高度（像素）
still-sent = { $source } 发送 { $protocol } 到 { $destination }。
still-arrived = 到达时为 { $source } → { $destination }
still-cost = 去程：{ $rules } 条规则、{ $probes } 次查找、改写 { $rewrites } 个字段
still-map = 经过 { $node } 的路径：{ $spots }
embed-still = 附带静态图
embed-still-note = 其中的静态图在图启动之前、没有 JavaScript 时以及打印时显示。
learn-tour = 页面导览
export-own-machine = 在你自己的 Linux 机器上运行整个集群
export-namespaces = 每个节点和 Pod 各成一个网络命名空间，并带有这些规则：构建（up）、发送此处发送过的数据包（send）、移除（down）。比较由谁应答，以及服务器看到的是谁。
export-no-namespaces = 这个实验没有这样的脚本：复制来的节点不说明周围有什么，而 Flannel 的设备也不会被构建。

# 链路上由谁应答某个地址（ARP）
neighbour-node = { $node }
neighbour-outside = 发送方所在的网络
neighbour-answers = { $by }在链路上询问谁拥有 { $address }：{ $first } 应答。
neighbour-several-answer = { $by }在链路上询问谁拥有 { $address }：{ $nodes } 都应答。最先被听到的是 { $first }，数据包归它。
neighbour-silent = { $by }在链路上询问谁拥有 { $address }：无人应答。只有已把本节点当作下一跳的一方（例如直接路由的均衡器）才能把数据包送来。
neighbour-answers-why = 机器会为自己的每个地址应答 ARP，不论地址在哪个设备上（arp_ignore 为 0）。
neighbour-several-answer-why = arp_ignore 为 0 时，机器会为自己的每个地址应答 ARP，不论地址在哪个设备上。因此在 lo 上配有虚拟地址的真实服务器会抢走均衡器的数据包。arp_ignore = 1 让它保持沉默，arp_announce = 2 让它自己询问时不泄露该地址。
neighbour-silent-why = 也拥有该地址、但因其 arp_ignore 而沉默的：{ $silent }。沉默的机器只会收到均衡器发给它们的数据包。

# ---- 命令行：后来补充的部分 ----
shell-listening = { $line } 从现在起开始监听：你输入命令和发送数据包时，它会打印此节点上发生的事。按 Ctrl C 结束。实验室的数据包所没有的内容不会显示：硬件地址、标识、窗口，以及进程号。
shell-monitor-rules = 实验室的 nft 只监听数据包：nft monitor trace，并用一条规则标记它们：nft add rule … meta nftrace set 1
shell-listens = 正在监听：{ $lines }
shell-stop = 停止
shell-editing = { $what } 已在下方打开。请保存，或保持原样并取消。也可用一行完成：KUBE_EDITOR='sed -i s/a/b/' kubectl edit …
shell-edit-text = kubectl edit 打开的文本
shell-edit-save = 保存
shell-edit-cancel = 取消
shell-edit-hint = Ctrl Enter 保存，Esc 取消。
shell-described-part = 实验室不保存它们的容器、卷、状况和大小：相应的行已省略。
shell-interrupted-rollout = 命令会一直等待，而这里不会自行发生更多变化：实验室在此按下了 Ctrl-C。
shell-nft-variant = 在实验室的节点上，iptables 即 iptables-legacy（由 update-alternatives 选定），kube-proxy 的规则也在其中。{ $name } 的规则则是另一套，位于 nftables 中，数据包会先后经过两者；实验室不保存这样的规则。请用 iptables 编写，或用 nft 编写：iptables-translate 会告诉你怎样写。
shell-sysctl-some = 这些是实验室节点拥有的设置；真实内核还有数百项。
shell-sysctl-unknown = 实验室的节点没有设置 { $name }。“sysctl -a” 会列出已有的设置。
shell-sysctl-expected = { $name } 的取值应为：{ $expected }。
shell-sysctl-without-effect = { $name } 在此没有效果：{ $why }。
shell-listens-piped = { $line } 会在这一行之外继续监听，因此这里不能用管道读取它的输出：请单独运行它。

## 数据包的副本

copy-begins = 数据包的一个副本开始走自己的路，去往 { $to }：{ $packet }
copy-begins-why = 规则送出一个副本，原数据包继续前行。副本不计入任何连接，本节点的规则把它看作节点自己的数据包。
copy-original = 副本已上路；被复制的数据包继续前行

# ---- The command line: kube-proxy's ConfigMap ----
shell-does-edit-configuration = 修改 kube-proxy 的 ConfigMap
shell-edited-configuration = 每个 kube-proxy 仍使用启动时读到的配置。用这条命令使新配置生效：kubectl rollout restart ds kube-proxy -n kube-system
shell-edited-mode = 每条泳道都保持它所代表的模式：三种模式始终并排运行。ConfigMap 现在写的是 { $mode }，重启之后，“假设与简化”中会这样说明。
shell-conntrack-statistics = 实验室的节点按只有一个处理器的机器计数，并且不统计 found、error、search_restart 和 chaintoolong。
