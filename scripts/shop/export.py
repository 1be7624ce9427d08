"""Asks for an export, says that nothing more will come, and waits."""
import socket

with socket.create_connection(("127.0.0.1", 7711)) as s:
    s.sendall(b"export\n")
    s.shutdown(socket.SHUT_WR)
    while s.recv(1024):
        pass
