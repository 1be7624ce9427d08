"""A queue of jobs: answers each line, and takes its time over an export."""
import socketserver
import time


class Jobs(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            if line == b"export\n":
                time.sleep(9)
            self.wfile.write(b"nothing to do\n")


socketserver.ThreadingTCPServer.allow_reuse_address = True
socketserver.ThreadingTCPServer(("127.0.0.1", 7711), Jobs).serve_forever()
