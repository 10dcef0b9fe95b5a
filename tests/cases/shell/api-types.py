#!/usr/bin/env python3
"""Writes core/src/shell/kubectl/api/types.txt: python3 api-types.py KUBERNETES, a checkout of v1.36.2.

Of the Go types of the API it keeps what a decoder knows of them: the names of fields in JSON, their types, and by which
key a strategic merge patch tells the items of a list apart.
"""
import re
import sys

ROOTS = ["DaemonSet", "Deployment", "EndpointSlice", "Node", "Pod", "ReplicaSet", "Service", "StatefulSet"]
API = "staging/src/k8s.io/api/{}/types.go"
FILES = [API.format(of) for of in ("core/v1", "apps/v1", "discovery/v1")]
FILES.append("staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/types.go")
# With decoders of their own.
OPAQUE = {"Time", "MicroTime", "Duration", "FieldsV1", "resource.Quantity", "runtime.RawExtension", "[]byte"}
BASIC = {"string", "bool", "int", "int32", "int64", "uint16", "float64", "byte"}


def read(text, types):
    for name, alias in re.findall(r"^type (\w+) (\[?[\w.\[\]]+)$", text, re.M):
        types.setdefault(name, alias)
    for name, body in re.findall(r"^type (\w+) struct \{\n(.*?)^\}", text, re.M | re.S):
        fields = []
        for line in body.splitlines():
            found = re.match(r"\s+(?:(\w+)\s+)?(\S+)\s+`json:\"([^\"]*)\"(.*)`", line)
            if found:
                _, kind, tag, more = found.groups()
                key = re.search(r"patchMergeKey:\"(\w+)\"", more)
                merges = "merge" in (re.search(r"patchStrategy:\"([^\"]*)\"", more) or [""])[0]
                fields.append((tag.split(",")[0], kind.replace("*", ""), key[1] if key and merges else ""))
        # Of two of one name the first is that of core, but for what only Endpoints have.
        if name not in types or name == "EndpointPort":
            types[name] = fields


def plain(kind):
    """Without the packages that the API itself is in."""
    kind = re.sub(r"\b(metav1|v1|corev1)\.", "", kind)
    opaque = "|".join(re.escape(of) for of in OPAQUE)
    return re.sub(rf"(?<![\w.])({opaque})(?!\w)", "any", kind).replace("intstr.IntOrString", "IntOrString")


def flat(types, name):
    for field, kind, key in types[name]:
        if field:
            yield field, plain(kind), key
        else:
            yield from flat(types, plain(kind))


def main(root):
    types = {}
    for file in FILES:
        read(open(f"{root}/{file}").read(), types)
    types["types.UID"] = types["types.NodeName"] = "string"
    left, done, lines = list(ROOTS), set(), []
    while left:
        name = left.pop(0)
        if name in done or name in BASIC or name in ("any", "IntOrString"):
            continue
        done.add(name)
        if isinstance(types[name], str):
            kind = plain(types[name])
            if kind == "struct":
                raise SystemExit(name)
            lines.append(f"{name} = {kind}")
            kinds = [kind]
        else:
            fields = list(flat(types, name))
            lines.append(" ".join([name] + [f"{field}:{kind}" + (f"~{key}" if key else "") for field, kind, key in fields]))
            kinds = [kind for _, kind, _ in fields]
        for kind in kinds:
            left.append(re.sub(r"\[\]|map\[[\w.]+\]", "", kind))
    print("\n".join(sorted(lines)))


main(sys.argv[1])
