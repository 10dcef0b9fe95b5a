#!/usr/bin/env python3
"""Servers for recording ping, curl and nc: HTTP that answers with nothing, and UDP that never answers."""
import socket
import threading


def answer(connection):
    request = b""
    while b"\r\n\r\n" not in request:
        part = connection.recv(4096)
        if not part:
            return
        request += part
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    connection.recv(1)


def listen(family, address):
    server = socket.socket(family)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind((address, 80))
    server.listen()
    while True:
        connection, _ = server.accept()
        threading.Thread(target=answer, args=(connection,), daemon=True).start()


for family, address in [(socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::1")]:
    threading.Thread(target=listen, args=(family, address), daemon=True).start()
datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
datagrams.bind(("127.0.0.1", 53))
while True:
    datagrams.recv(4096)
