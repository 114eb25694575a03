# SPDX-License-Identifier: Apache-2.0
"""A signed archive of stand-in packages from this host's own programs, and a project whose image
(a few programs, dpkg and its database; format tar only) is locked, fetched and built in seconds."""
import gzip
import hashlib
import io
import os
import pathlib
import shutil
import subprocess
import tarfile
import tempfile

EPOCH = 1605831162
DATE = "Fri, 20 Nov 2020 00:12:42 UTC"
SUITE = "stand-in"

# What dpkg, the build's own steps and the solver run.
PROGRAMS = [
    "/usr/bin/" + name
    for name in "bash cat cp dash diff dpkg dpkg-deb dpkg-query dpkg-split find mkdir rm sleep tar".split()
] + ["/sbin/ldconfig", "/sbin/start-stop-daemon", "/usr/bin/apt-get",
     "/usr/lib/apt/methods/copy", "/usr/lib/apt/methods/http"]


def found(path):
    """The program, also on a host whose /sbin and /usr/sbin differ."""
    for folder in ("", "/usr"):
        if os.path.exists(folder + path):
            return os.path.realpath(folder + path)
    raise FileNotFoundError(path)


def in_usr(path):
    return path[1:] if path.startswith("/usr/") else "usr" + path


def host_programs():
    """Where the programs and their libraries go, and their bytes."""
    files = {}
    for program in PROGRAMS:
        real = found(program)
        files[in_usr(program)] = pathlib.Path(real).read_bytes()
        said = subprocess.run(["ldd", real], capture_output=True, text=True, check=False).stdout
        for word in said.split():
            if word.startswith("/"):
                files.setdefault(in_usr(word), pathlib.Path(os.path.realpath(word)).read_bytes())
    for table in ("cputable", "tupletable"):
        path = f"/usr/share/dpkg/{table}"
        files[path[1:]] = pathlib.Path(path).read_bytes()
    files["usr/bin/sh"] = files["usr/bin/dash"]
    return files


def member(name, content=b"", mode=0o644, kind=tarfile.REGTYPE, link="", device=(0, 0)):
    info = tarfile.TarInfo(name)
    info.type, info.mode, info.mtime, info.linkname = kind, mode, EPOCH, link
    info.size = len(content)
    info.uname = info.gname = "root"
    info.devmajor, info.devminor = device
    return info, content


def packed(members):
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", mtime=0, compresslevel=1) as zipped:
        with tarfile.open(fileobj=zipped, mode="w", format=tarfile.GNU_FORMAT) as tar:
            for info, content in members:
                tar.addfile(info, io.BytesIO(content))
    return out.getvalue()


def with_folders(files):
    """Tar members of {path: bytes or (bytes, mode)}, with the folders that lead to them."""
    made, members = set(), [member("./", kind=tarfile.DIRTYPE, mode=0o755)]
    for path, content in sorted(files.items()):
        parts = path.split("/")[:-1]
        for depth in range(1, len(parts) + 1):
            folder = "/".join(parts[:depth])
            if folder not in made:
                made.add(folder)
                members.append(member(f"./{folder}/", kind=tarfile.DIRTYPE, mode=0o755))
        mode = 0o755 if "bin/" in path or "/methods/" in path or "/ld-linux" in path else 0o644
        if isinstance(content, tuple):
            content, mode = content
        members.append(member("./" + path, content, mode))
    return members


def deb(name, members, version="1.0-1", fields=(), scripts=None):
    """The bytes of a package; members are tar members, hostile ones too."""
    control = [f"Package: {name}", f"Version: {version}", "Architecture: amd64",
               "Maintainer: Nobody <nobody@example.test>", *fields, "Description: stand-in", ""]
    parts = {"control": ("\n".join(control).encode(), 0o644)}
    parts |= {script: (text.encode(), 0o755) for script, text in (scripts or {}).items()}
    out = b"!<arch>\n"
    for part, content in (("debian-binary", b"2.0\n"),
                          ("control.tar.gz", packed(with_folders(parts))),
                          ("data.tar.gz", packed(members))):
        out += f"{part:<16}{EPOCH:<12}{0:<6}{0:<6}{'100644':<8}{len(content):<10}`\n".encode()
        out += content + b"\n" * (len(content) % 2)
    return out, control


class Key:
    """A signing key; its home lies under the shortest path there is, as the agent's socket wants."""

    def __init__(self, saved=None):
        self.home = tempfile.mkdtemp(prefix="ingot-key-")
        if saved:
            self.gpg("--import", str(saved))
        else:
            self.gpg("--quick-generate-key", "Stand-in <key@example.test>", "ed25519", "sign", "never")
        lines = self.gpg("--with-colons", "--list-keys").decode().splitlines()
        self.fingerprint = next(line.split(":")[9] for line in lines if line.startswith("fpr:"))

    def gpg(self, *args, **more):
        return subprocess.run(
            ["gpg", "--homedir", self.home, "--batch", "--quiet", "--yes", "--pinentry-mode",
             "loopback", "--passphrase", "", *args], check=True, capture_output=True, **more).stdout

    def public(self):
        return self.gpg("--export", self.fingerprint)

    def secret(self):
        return self.gpg("--export-secret-keys", self.fingerprint)

    def signed(self, text):
        return self.gpg("--local-user", self.fingerprint, "--clear-sign", input=text)

    def close(self):
        subprocess.run(["gpgconf", "--homedir", self.home, "--kill", "all"], check=False,
                       capture_output=True)
        shutil.rmtree(self.home, ignore_errors=True)


class Archive:
    """A folder as an archive's server holds it."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.pool = self.folder / "pool/main"
        self.suite = self.folder / "dists" / SUITE
        self.index = self.suite / "main/binary-amd64/Packages"
        self.release = self.suite / "InRelease"

    def add(self, name, members=(), version="1.0-1", fields=(), scripts=None):
        content, control = deb(name, members, version, fields, scripts)
        self.pool.mkdir(parents=True, exist_ok=True)
        path = self.pool / f"{name}_{version}_amd64.deb"
        path.unlink(missing_ok=True)  # it may be another archive's file by a hard link
        path.write_bytes(content)
        stanza = "\n".join(control[:-2]) + (
            f"\nFilename: pool/main/{path.name}\nSize: {len(content)}\n"
            f"SHA256: {hashlib.sha256(content).hexdigest()}\nDescription: stand-in\n")
        path.with_suffix(".stanza").unlink(missing_ok=True)
        path.with_suffix(".stanza").write_text(stanza)
        return path

    def remove(self, name, version="1.0-1"):
        for suffix in (".deb", ".stanza"):
            (self.pool / f"{name}_{version}_amd64{suffix}").unlink()

    def remove_stanza(self, name, version="1.0-1"):
        (self.pool / f"{name}_{version}_amd64.stanza").unlink()

    def publish(self, key, date=DATE, fields=()):
        self.index.parent.mkdir(parents=True, exist_ok=True)
        stanzas = [path.read_text() for path in sorted(self.pool.glob("*.stanza"))]
        index = "\n".join(stanzas).encode()
        self.index.unlink(missing_ok=True)
        self.index.write_bytes(index)
        lines = [f"Suite: {SUITE}", f"Codename: {SUITE}", "Components: main", "Architectures: amd64",
                 f"Date: {date}", *fields, "SHA256:",
                 f" {hashlib.sha256(index).hexdigest()} {len(index)} main/binary-amd64/Packages", ""]
        self.release.unlink(missing_ok=True)
        self.release.write_bytes(key.signed("\n".join(lines).encode()))


def essential(*more):
    return ["Essential: yes", *more]


def make_archive(folder, key):
    """The packages of the image `mini`: essential ones that are the host's programs, and `tool`."""
    archive = Archive(folder)
    files = host_programs()
    apt = {path: content for path, content in files.items() if "/apt" in path}
    plain = {path: content for path, content in files.items() if path not in apt}
    os_release = b'ID=standin\nVERSION_ID="1"\nPRETTY_NAME="stand-in"\n'
    etc = {"usr/lib/os-release": os_release, "etc/os-release": os_release,
           "etc/passwd": b"root:*:0:0:root:/root:/bin/sh\n", "etc/group": b"root:*:0:\n",
           "etc/shadow": (b"root:*:1::::::\n", 0o600)}
    folders = [member(f"./{name}/", kind=tarfile.DIRTYPE, mode=0o755)
               for name in ("proc", "sys", "dev", "run", "root")]
    folders += [member("./tmp/", kind=tarfile.DIRTYPE, mode=0o1777)]
    archive.add("base-files", with_folders(etc) + folders, fields=essential())
    archive.add("dpkg", with_folders(plain), fields=essential())
    archive.add("apt", with_folders(apt), fields=["Depends: dpkg"])
    tool = {f"usr/share/tool/{i:03}": bytes([i % 251]) * 4096 * (1 + i % 7) for i in range(150)}
    archive.add("tool", with_folders(tool | {"usr/bin/tool": b"#!/bin/sh\necho tool\n"}),
                scripts={"postinst": "#!/bin/sh\nset -e\necho configured > /usr/share/tool/state\n"})
    archive.add("compiler", with_folders({"usr/share/compiler/x": b"x"}))
    archive.publish(key)
    return archive


LAYER = """layer: base
description: Stand-in packages
repositories:
  - name: main
    archive: standin
    suite: {suite}
    components: [main]
    keyring: standin.gpg
    signed-by: [{fingerprint}]
packages:
  - tool
build-root:
  packages: [compiler]
"""

IMAGE = """image: mini
version: "1"
architecture: amd64
description: Stand-in image
profile: {gpus: none}
layers: [base]
formats: [tar]
"""


def make_project(folder, key_public, fingerprint):
    folder = pathlib.Path(folder)
    base = folder / "layers/base"
    (base / "files/etc").mkdir(parents=True)
    (base / "scripts").mkdir()
    (folder / "images").mkdir()
    (folder / "kernels").mkdir()
    (base / "layer.yaml").write_text(LAYER.format(suite=SUITE, fingerprint=fingerprint))
    (base / "standin.gpg").write_bytes(key_public)
    (base / "files/etc/stand-in").write_text("a file of the layer\n")
    configure = base / "scripts/configure"
    configure.write_text("#!/bin/sh\nset -eu\nmkdir -p /etc/stand-in.d\ncat /etc/stand-in > /etc/stand-in.d/copy\n")
    configure.chmod(0o755)
    (folder / "images/mini.yaml").write_text(IMAGE)
    return folder
