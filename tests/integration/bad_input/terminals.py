# SPDX-License-Identifier: Apache-2.0
"""Builds that a person watches, on terminals that are small, dumb or interrupt; and what is told
of a build before and after."""
import fcntl
import json
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time

import mirror
from trial import case


class Screen:
    """What a person sees of the bytes that a terminal was sent."""

    def __init__(self, columns):
        self.columns, self.row, self.column, self.lines = columns, 0, 0, [""]

    def take(self, text):
        for part in re.findall(r"\x1b\[[0-9;]*[A-Za-z]|[\s\S]", text):
            if part.startswith("\x1b["):
                self.steer(part[-1], int(part[2:-1] or 1) if part[-1] != "m" else 0)
            else:
                self.put(part)
        return self

    def steer(self, what, count):
        assert what in "AKJm", f"an unknown control sequence ends with {what}"
        if what == "A":
            self.row = max(0, self.row - count)
        if what in "KJ":
            self.lines[self.row] = self.lines[self.row][:self.column]
        if what == "J":
            del self.lines[self.row + 1:]

    def put(self, sign):
        if sign == "\n" or (sign != "\r" and self.column == self.columns):
            self.row, self.column = self.row + 1, 0
            while len(self.lines) <= self.row:
                self.lines.append("")
        if sign == "\r":
            self.column = 0
        if sign in "\r\n":
            return
        line = self.lines[self.row].ljust(self.column)
        self.lines[self.row] = line[:self.column] + sign + line[self.column + 1:]
        self.column += 1

    def shown(self):
        return [line.rstrip() for line in self.lines if line.strip()]


class Watched:
    """A run whose standard error is a terminal of its own; its results go elsewhere."""

    def __init__(self, trial, *args, rows=24, columns=80, progress="auto", **environment):
        self.ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        trial.progress = progress
        environment = {"TERM": "xterm", **trial.env(), **environment}

        def control():
            os.setsid()
            fcntl.ioctl(2, termios.TIOCSCTTY, 0)

        # pylint: disable=subprocess-popen-preexec-fn,consider-using-with
        self.run = subprocess.Popen(trial.command(*args), env=environment, cwd=trial.temp,
                                    stdin=theirs, stdout=subprocess.PIPE, stderr=theirs,
                                    preexec_fn=control)
        os.close(theirs)
        self.columns, self.text = columns, ""

    def read(self, until=None, patience=120):
        """Everything up to the end, or up to when a text was shown."""
        deadline = time.monotonic() + patience
        while until is None or until not in self.text:
            assert time.monotonic() < deadline, f"nothing more after:\n{self.text}"
            if not select.select([self.ours], [], [], 0.2)[0]:
                continue
            try:
                self.text += os.read(self.ours, 65536).decode()
            except OSError:  # how Linux tells that nobody has the other side
                break
        return self

    def end(self):
        self.read()
        out = self.run.communicate(timeout=20)[0].decode()
        os.close(self.ours)
        return self.run.returncode, out, Screen(self.columns).take(self.text).shown()


def build(trial, **more):
    return Watched(trial, "build", "mini", "--locked", "--output", trial.output, *trial.keys(),
                   **more)


@case("terminal-that-shows-a-build")
def terminal_that_shows_a_build(trial):
    trial.fetch().expect(0)
    watched = build(trial, rows=8, columns=60)
    code, out, shown = watched.end()
    assert code == 0, shown
    assert "running, " in watched.text, "no step was shown while it ran"
    assert "\x1b[32mdone" in watched.text, "no colour"
    assert out.strip() == str(trial.release()), out
    steps = [line.split()[1] for line in shown if line.startswith("done ")]
    assert {"build-root/base", "packages/base", "seal", "rootfs-tar"} <= set(steps), shown
    assert len(set(steps)) == len(steps) == len(shown), "lines are left, or twice there: %s" % shown


@case("terminal-with-three-columns")
def terminal_with_three_columns(trial):
    code, _, shown = build(trial, rows=4, columns=3).end()
    assert code == 0, shown


@case("terminal-that-is-dumb")
def terminal_that_is_dumb(trial):
    watched = build(trial, TERM="dumb")
    code, _, _ = watched.end()
    assert code == 0 and "\x1b" not in watched.text and "==> seal" in watched.text, watched.text
    watched = build(trial, NO_COLOR="1")
    code, _, shown = watched.end()
    assert code == 0 and not re.search(r"\x1b\[[0-9;]*m", watched.text), watched.text
    assert "cached seal" in shown, shown


@case("terminal-that-interrupts")
def terminal_that_interrupts(trial):
    def half(out, good):
        out.sendall(mirror.head("200 OK", len(good)) + good[:len(good) // 2])
        time.sleep(60)

    good_mirrors = trial.mirrors
    with mirror.serving(trial.archive.folder, {"/tool_": half}) as (url, _):
        trial.mirrors = ["standin=" + url]
        watched = Watched(trial, "fetch", "mini")
        watched.read("running, ").read("%", patience=20)
        time.sleep(0.5)
        os.write(watched.ours, b"\x03")
        code, _, shown = watched.end()
    assert code == 130, f"{code}: {shown}"
    assert not [line for line in shown if "running, " in line or "%" in line], shown
    assert shown[-1] == "ingot: stopped by signal 2", shown
    assert any(line.startswith("FAILED fetch") for line in shown), shown
    trial.mirrors = good_mirrors
    trial.fetch().expect(0)


@case("timings-of-a-build")
def timings_of_a_build(trial):
    trial.ingot("timings", mirrors=False).expect(2, "nothing was built")
    trial.build().expect(0)
    trial.ingot("timings", mirrors=False).expect(0, "* seal", "critical path")
    trial.ingot("timings", "mini", mirrors=False).expect(0)
    trial.ingot("timings", "nano", mirrors=False).expect(2, "is no folder of a release")
    told = trial.ingot("timings", trial.release(), "--json", mirrors=False).expect(0)
    timings = json.loads(told.out)
    steps = {step["name"]: step for step in timings["steps"]}
    assert steps["packages/base"]["outcome"] == "done"
    assert steps["packages/base"]["commands"]["cpu-milliseconds"] > 0
    assert steps["packages/base"]["bytes"] > 0 and steps["rootfs-tar"]["bytes"] > 0
    assert steps["rootfs-tar"]["kind"] == "format"
    assert timings["critical-path"][0] in ("build-root/base", "packages/base")
    trial.build().expect(0)
    timings = json.loads((trial.release() / "timings.json").read_text())
    assert {step["outcome"] for step in timings["steps"]} == {"cached"}
    (trial.release() / "timings.json").write_text('{"schema": "ingot/timings/v1"}')
    trial.ingot("timings", trial.release(), mirrors=False).expect(2, "timings/v1")


@case("plan-cut-into-shards")
def plan_cut_into_shards(trial):
    """Two images; the first part is built alone, then the plan has only the others."""
    other = (trial.project / "images/mini.yaml").read_text().replace("mini", "maxi", 1)
    trial.write("images/maxi.yaml", other)
    trial.ingot("lock", "maxi").expect(0)
    plan = ("plan", "mini", "maxi", *trial.keys(), "--json")
    shared = ("--cache-from", "oci://a/b", "--cache-from", "oci://c/d", "--cache-to", "oci://a/b")
    told = json.loads(trial.ingot(*plan, *shared, mirrors=False).expect(0).out)
    assert told["shards"][0]["command"][-6:] == list(shared), told["shards"][0]
    shards = json.loads(trial.ingot(*plan, mirrors=False).expect(0).out)["shards"]
    assert [shard["id"] for shard in shards] == ["shared-1", "image-mini", "image-maxi"], shards
    assert shards[1]["needs"] == ["shared-1"] and "seal" in shards[1]["steps"], shards
    trial.ingot("build", "mini", "--until", "packages/bse", *trial.keys()).expect(
        2, "did you mean 'packages/base'")
    words = shards[0]["command"][1:]
    trial.ingot(*words, "--output", trial.output).expect(0)
    trial.no_release()
    text = trial.ingot(*plan[:-1], mirrors=False).expect(0, "steps to do", "hit").out
    assert re.search(r"packages/base +hit +0\.0 s +[0-9.]+ .?B", text), text
    again = json.loads(trial.ingot(*plan, mirrors=False).expect(0).out)["shards"]
    assert [shard["id"] for shard in again] == ["image-mini", "image-maxi"], again
    assert again[1]["steps-of-unknown-time"] == len(again[1]["steps"]), again
    for shard in again:
        if shard is again[1]:
            told = json.loads(trial.ingot(*plan, mirrors=False).expect(0).out)["shards"][1]
            assert told["steps-of-unknown-time"] == 0, "nothing was learnt from the other image"
            assert 0 < told["expected-seconds"] < 60, told
        trial.ingot(*shard["command"][1:], "--output", trial.output).expect(0)
    assert trial.tar_digest() == (trial.prepared / "digest").read_text(), "other bytes"
