"""Takes numbers over UDP, and forgets them."""
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("127.0.0.1", 8125))
while True:
    s.recv(2048)
