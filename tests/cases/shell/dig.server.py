#!/usr/bin/env python3
"""A name server for recording dig: it answers what CoreDNS 1.12 answers for the zone cluster.local.

python3 dig.server.py ADDRESS

CoreDNS's kubernetes plugin says that it is the authority (`aa`), gives a TTL of 30 s and the zone's SOA where there is
nothing, and hands the options of EDNS back as they came (`SizeAndDo` of its request.go).
"""
import socket
import struct
import sys

A, CNAME, SOA, AAAA = 1, 5, 6, 28
ZONE = "cluster.local."
RECORDS = {
    ("web.shop.svc.cluster.local.", A): ["10.96.0.50"],
    ("a.b.svc.cluster.local.", A): ["10.96.0.51"],
    ("db.shop.svc.cluster.local.", A): ["10.244.1.3", "10.244.1.4"],
    ("v6.shop.svc.cluster.local.", AAAA): ["fd96::50"],
    ("very-long-name.of-a-namespace.svc.cluster.local.", A): ["10.96.0.52"],
    ("pay.shop.svc.cluster.local.", CNAME): ["pay.example.com."],
}


def packed(name):
    labels = [label.encode() for label in name.strip(".").split(".") if label]
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def data(kind, value):
    if kind == A:
        return socket.inet_aton(value)
    if kind == AAAA:
        return socket.inet_pton(socket.AF_INET6, value)
    return packed(value)


def answer(query):
    number, flags = struct.unpack("!HH", query[:4])
    at, labels = 12, []
    while query[at]:
        labels.append(query[at + 1:at + 1 + query[at]].decode())
        at += query[at] + 1
    name = ".".join(labels) + "."
    (kind,) = struct.unpack("!H", query[at + 1:at + 3])
    question, options = query[12:at + 5], query[at + 5:]
    of_name = [(of, value) for (known, of), values in RECORDS.items() if known == name for value in values]
    found = [(of, value) for of, value in of_name if of in (kind, CNAME)]
    code = 0 if of_name else 3
    body, authority = b"", b""
    for of, value in found:
        text = data(of, value)
        body += packed(name) + struct.pack("!HHIH", of, 1, 30, len(text)) + text
    if not found:
        text = packed("ns.dns." + ZONE) + packed("hostmaster." + ZONE) + struct.pack("!IIIII", 0, 7200, 1800, 86400, 30)
        authority = packed(ZONE) + struct.pack("!HHIH", SOA, 1, 30, len(text)) + text
    head = struct.pack("!HHHHHH", number, 0x8400 | flags & 0x0100 | code, 1, len(found), int(not found), int(bool(options)))
    return head + question + body + authority + options


sockets = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sockets.bind((sys.argv[1], 53))
while True:
    query, sender = sockets.recvfrom(4096)
    sockets.sendto(answer(query), sender)
