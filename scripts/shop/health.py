"""Looks whether the shop answers, and hangs up with a reset as load balancers do."""
import socket
import struct
import time

while True:
    try:
        with socket.create_connection(("127.0.0.1", 3000), timeout=1) as s:
            s.sendall(b"HEAD /health HTTP/1.0\r\n\r\n")
            s.recv(4096)
            s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    except OSError:
        pass
    time.sleep(4)
