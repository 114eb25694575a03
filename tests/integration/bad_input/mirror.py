# SPDX-License-Identifier: Apache-2.0
"""An archive's server on loopback that answers for one file in a way of its own."""
import contextlib
import socketserver
import threading
import time


def head(status, length=None, extra=""):
    size = "" if length is None else f"Content-Length: {length}\r\n"
    return f"HTTP/1.1 {status}\r\n{size}{extra}Connection: close\r\n\r\n".encode()


PAGE = b"<html><body>Please log in to this network</body></html>\n"


def html_page(out, good):
    out.sendall(head("200 OK", len(PAGE), "Content-Type: text/html\r\n") + PAGE)


def html_page_of_right_size(out, good):
    page = PAGE + b" " * (len(good) - len(PAGE))
    out.sendall(head("200 OK", len(page), "Content-Type: text/html\r\n") + page)


def stalls(out, good):
    out.sendall(head("200 OK", len(good)) + good[:len(good) // 2])
    time.sleep(120)


def drips(out, good):
    out.sendall(head("200 OK", len(good)))
    while True:
        out.sendall(b"x")
        time.sleep(0.2)


def stays_silent(out, good):
    time.sleep(120)


def closes_early(out, good):
    out.sendall(head("200 OK", len(good)) + good[:len(good) // 2])


def says_less(out, good):
    out.sendall(head("200 OK", len(good) // 2) + good)


def says_more(out, good):
    out.sendall(head("200 OK", 2 * len(good)) + good)


def sends_more(out, good):
    out.sendall(head("200 OK") + good + b"more")


def sends_without_end(out, good):
    out.sendall(head("200 OK"))
    while True:
        out.sendall(good)


def redirects_to(target):
    return lambda out, good: out.sendall(head("302 Found", 0, f"Location: {target}\r\n"))


def other_bytes(out, good):
    half = len(good) // 2
    out.sendall(head("200 OK", len(good)) + good[:half] + bytes([good[half] ^ 1]) + good[half + 1:])


@contextlib.contextmanager
def serving(folder, faults):
    """Serves a folder at /standin; `faults` maps a part of a path to one of the ways above. Gives
    the URL, and the paths that were asked for in order."""
    asked = []

    class Connection(socketserver.BaseRequestHandler):
        def handle(self):
            try:
                request = b""
                while b"\r\n\r\n" not in request:
                    got = self.request.recv(4096)
                    if not got:
                        return
                    request += got
                path = request.split(b" ")[1].decode()
                asked.append(path)
                file = folder / path.removeprefix("/standin/")
                if not file.is_file():
                    self.request.sendall(head("404 Not Found", 0))
                    return
                way = next((way for part, way in faults.items() if part in path), None)
                good = file.read_bytes()
                if way:
                    way(self.request, good)
                else:
                    self.request.sendall(head("200 OK", len(good)) + good)
            except OSError:
                pass  # the client went away, as it should

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True
        block_on_close = False

    with Server(("127.0.0.1", 0), Connection) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/standin", asked
        finally:
            server.shutdown()
