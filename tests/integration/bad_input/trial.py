# SPDX-License-Identifier: Apache-2.0
"""One trial of the program: a project, a store and an output folder of its own, what it said, and
what it left. Cases register themselves by name; see run_case."""
import hashlib
import json
import os
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile

import stand_in

CASES = {}
SKIP = 77


def case(name):
    """Registers a test; CMake reads the names from these lines."""
    def register(function):
        CASES[name] = function
        function.name = name
        return function
    return register


def skip(reason):
    print("skipped: " + reason)
    sys.exit(SKIP)


def need_root():
    if os.geteuid() != 0:
        skip("needs root")


def need(*programs):
    missing = [program for program in programs if shutil.which(program) is None]
    if missing:
        skip("this machine lacks " + " ".join(missing))


class Result:
    def __init__(self, code, out, err, megabytes=0):
        self.code, self.out, self.err, self.megabytes = code, out, err, megabytes
        self.text = out + err

    def expect(self, code, *words):
        """Fails unless this was the exit code and all of these were said."""
        missing = [word for word in words if word not in self.text]
        if self.code != code or missing:
            raise AssertionError(f"exit code {self.code}, expected {code}; not said: {missing}\n"
                                 f"--- stdout\n{self.out}\n--- stderr\n{self.err}")
        if "this is a bug" in self.text:
            raise AssertionError("blames itself:\n" + self.text)
        return self

    def never(self, *words):
        said = [word for word in words if word in self.text]
        if said:
            raise AssertionError(f"said {said}:\n{self.text}")
        return self


class Trial:
    """Copies of the prepared project; the archive is shared and must not be changed."""

    def __init__(self, prepared, program, name="t"):
        self.prepared, self.program = pathlib.Path(prepared), program
        self.temp = pathlib.Path(tempfile.mkdtemp(prefix=f"ingot-{name}-"))
        self.project = self.temp / "project"
        shutil.copytree(self.prepared / "project", self.project)
        self.cache = self.temp / "cache"
        self.output = self.temp / "out"
        self.archive = stand_in.Archive(self.prepared / "standin")
        self.mirrors = [f"standin={self.archive.folder}"]
        self.key = None
        self.disks = []  # that the test itself mounts
        self.progress = "plain"
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(self.temp),
                            "TMPDIR": str(self.temp), "LC_ALL": "C.UTF-8"}

    def close(self):
        if self.key:
            self.key.close()
        shutil.rmtree(self.temp, ignore_errors=True)

    # What is changed

    def own_archive(self):
        """An archive that this trial may change, and the key that signs it."""
        folder = self.temp / "standin"
        shutil.copytree(self.archive.folder, folder, copy_function=os.link)
        self.archive = stand_in.Archive(folder)
        self.mirrors = [f"standin={folder}"]
        self.key = stand_in.Key(self.prepared / "secret.gpg")
        return self.archive

    def warm(self, without=()):
        """Gives the store what the clean build left in it, but for the results of some steps."""
        self.cache.mkdir(exist_ok=True)
        source = f"{self.prepared}/cache/."
        linked = subprocess.run(["cp", "-al", source, self.cache], capture_output=True, check=False)
        if linked.returncode != 0:  # another file system
            subprocess.run(["cp", "-a", "--remove-destination", source, self.cache], check=True)
        for tree in (self.cache / "trees").iterdir():
            step = json.loads((tree / "meta.json").read_text())["facts"].get("step")
            if step in without:
                shutil.rmtree(tree)

    def write(self, path, content):
        file = self.project / path
        file.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, str):
            content = content.encode()
        file.write_bytes(content)
        return file

    def replace(self, path, old, new):
        file = self.project / path
        text = file.read_text()
        assert old in text, f"{old!r} is not in {path}"
        file.write_text(text.replace(old, new, 1))

    def add_package(self, name, members, build_root=False, **more):
        """Publishes a package and has the image, or the build root, ask for it."""
        if not self.key:
            self.own_archive()
        self.archive.add(name, members, **more)
        self.archive.publish(self.key)
        if build_root:
            self.replace("layers/base/layer.yaml", "[compiler]", f"[compiler, {name}]")
        else:
            self.replace("layers/base/layer.yaml", "  - tool\n", f"  - tool\n  - {name}\n")
        (self.project / "images/mini.lock").unlink(missing_ok=True)

    # What is run

    def command(self, *args, mirrors=True):
        given = self.mirrors if mirrors else []
        named = [word for mirror in given for word in ("--mirror", mirror)]
        return [str(self.program), "-C", self.project, "--progress", self.progress, *args, *named]

    def env(self):
        return {**self.environment, "INGOT_CACHE": str(self.cache)}

    def ingot(self, *args, mirrors=True, prefix=(), env=None, timeout=240, cwd=None):
        command = [*prefix, *self.command(*args, mirrors=mirrors)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env=env or self.env(), cwd=cwd or self.temp,
                              stdin=subprocess.DEVNULL) as run:
            try:
                out, err = run.communicate(timeout=timeout)
            except subprocess.TimeoutExpired:
                shown = subprocess.run(["ps", "-eLo", "pid,ppid,stat,wchan:30,args"],
                                       capture_output=True, check=False).stdout.decode()
                mine = {str(pid) for pid in self.processes()}
                table = [line for line in shown.splitlines() if line.split()[0] in mine]
                run.kill()
                out, err = run.communicate()
                raise AssertionError(f"no end after {timeout} s:\n{out.decode()}\n{err.decode()}\n"
                                     + "\n".join(table)) from None
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
        shown = [stream.decode(errors="backslashreplace") for stream in (out, err)]
        return Result(run.returncode, *shown, peak)

    def check(self, *args):
        return self.ingot("check", *args, mirrors=False)

    def lock(self, **more):
        return self.ingot("lock", "mini", **more)

    def fetch(self, *args, **more):
        return self.ingot("fetch", "mini", *args, **more)

    def keys(self):
        keys = self.prepared / "keys"
        return ["--release-key", keys / "release.key", "--module-key", keys / "module.key",
                "--module-certificate", keys / "module.crt"]

    def build(self, *args, locked=True, **more):
        flags = ["--locked"] if locked else []
        return self.ingot("build", "mini", *flags, "--output", self.output, *self.keys(), *args,
                          **more)

    # What is left

    def release(self):
        return self.output / "mini-1"

    def tar_digest(self):
        return hashlib.sha256((self.release() / "mini-1.rootfs.tar.zst").read_bytes()).hexdigest()

    def verify(self):
        return self.ingot("verify", self.release(), "--key", self.prepared / "keys/release.pub",
                          mirrors=False).expect(0)

    def expect_good_build(self, *args, **more):
        self.build(*args, **more).expect(0)
        expected = (self.prepared / "digest").read_text()
        assert self.tar_digest() == expected, "other bytes than those of a clean build"
        self.verify()
        self.nothing_left()

    def leftovers(self):
        """What only a run in progress may have in store, output and project."""
        left = []
        for folder, kept in ((self.cache / "tmp", "downloads"),
                             (self.cache / "tmp/downloads", "lock")):
            if folder.exists():
                left += [path for path in folder.iterdir() if path.name != kept]
        known = {"blobs", "trees", "newest", "records", "locks", "tmp", "development-keys",
                 "development-keys.lock"}
        if self.cache.exists():
            left += [path for path in self.cache.iterdir() if path.name not in known]
        for folder in (self.output, self.project, self.project / "images"):
            if folder.is_dir():
                left += [path for path in folder.iterdir() if path.name.startswith(".")]
        return left

    def nothing_left(self):
        left = self.leftovers() + self.mounts()
        assert not left, f"left behind: {[str(path) for path in left]}"

    def nothing_left_in(self, folder):
        left = [path.name for path in folder.iterdir() if path.name.startswith(".")]
        assert not left, f"left behind in {folder}: {left}"

    def mounts(self):
        lines = pathlib.Path("/proc/self/mountinfo").read_text().splitlines()
        return [line for line in lines
                if str(self.temp) in line and line.split()[4] not in self.disks]

    def processes(self):
        """Processes that were given this trial's store."""
        mark = f"INGOT_CACHE={self.cache}".encode()
        found = []
        for folder in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                inside = str(self.temp).encode() in (folder / "cmdline").read_bytes()
                if inside or mark in (folder / "environ").read_bytes().split(b"\0"):
                    found.append(int(folder.name))
            except OSError:
                continue
        return [pid for pid in found if pid != os.getpid()]

    def no_release(self):
        found = list(self.output.glob("mini*/")) if self.output.exists() else []
        assert not [path for path in found if path.is_dir()], f"there is a release: {found}"
