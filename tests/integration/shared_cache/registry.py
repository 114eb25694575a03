# SPDX-License-Identifier: Apache-2.0
"""A registry of our own on loopback, and a way to it that is slow."""
import pathlib
import shutil
import socket
import subprocess
import threading
import time

# Password "secret-word", by bcrypt.
HTPASSWD = "user:$2b$04$feABfKA8PClWzMfa/rAcKu341.VQ3/CvBLCGly38dCF3f1N2jhlg2\n"

CONFIG = """version: 0.1
log:
  level: error
  accesslog: {{disabled: true}}
storage:
  filesystem: {{rootdirectory: {storage}}}
http:
  addr: 127.0.0.1:{port}
  secret: none
"""
LOGIN = "auth:\n  htpasswd: {{realm: test, path: {path}}}\n"


def program(project):
    """Debian's, from PATH or where ci/setup unpacks it."""
    unpacked = pathlib.Path(project) / "build/test-registry/usr/bin/docker-registry"
    return shutil.which("docker-registry") or (str(unpacked) if unpacked.exists() else None)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Registry:
    def __init__(self, binary, folder, login=False):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir()
        self.port = free_port()
        config = CONFIG.format(storage=self.folder / "storage", port=self.port)
        if login:
            (self.folder / "htpasswd").write_text(HTPASSWD)
            config += LOGIN.format(path=self.folder / "htpasswd")
        (self.folder / "config.yml").write_text(config)
        self.process = subprocess.Popen([binary, "serve", self.folder / "config.yml"],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 20
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    self.close()
                    raise AssertionError("the registry does not start") from None
                time.sleep(0.05)

    def close(self):
        self.process.kill()
        self.process.wait()

    def url(self, port=None):
        return f"oci://127.0.0.1:{port or self.port}/team/cache"

    def blobs(self):
        """Files of packed results and manifests, the largest first."""
        found = (self.folder / "storage/docker/registry/v2/blobs/sha256").glob("*/*/data")
        return sorted(found, key=lambda path: path.stat().st_size, reverse=True)

    def tags(self):
        root = self.folder / "storage/docker/registry/v2/repositories/team/cache/_manifests/tags"
        return sorted(path.name for path in root.iterdir()) if root.exists() else []


class SlowWay:
    """Hands connections on to a port of this machine, with so many bytes a second each way."""

    def __init__(self, port, rate):
        self.target, self.rate, self.passed = port, rate, 0
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        self.open = True
        self.thread = threading.Thread(target=self.accept, daemon=True)
        self.thread.start()

    def accept(self):
        while self.open:
            try:
                client = self.listening.accept()[0]
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self.target))
            for ends in ((client, server), (server, client)):
                threading.Thread(target=self.pump, args=ends, daemon=True).start()

    def pump(self, source, sink):
        piece = max(self.rate // 20, 1)
        try:
            while self.open:
                content = source.recv(piece)
                if not content:
                    break
                sink.sendall(content)
                self.passed += len(content)
                time.sleep(len(content) / self.rate)
        except OSError:
            pass
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def close(self):
        self.open = False
        self.listening.close()
