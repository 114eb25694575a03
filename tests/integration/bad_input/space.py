# SPDX-License-Identifier: Apache-2.0
"""Disks that fill up at each step: the place and what to free are said, and with room the same
command goes through. The disk is a tmpfs in a mount namespace that ends with the test."""
import os
import random
import shutil
import subprocess
import sys
import time

from interruptions import forget
from trial import case, need, need_root


class SmallDisk:
    """A tmpfs at one of the trial's folders, with room for so many bytes beyond what is on it."""

    def __init__(self, trial, folder):
        self.trial, self.folder = trial, folder
        folder.mkdir(exist_ok=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=400m", "none", folder], check=True)
        trial.disks.append(str(folder))

    def leave(self, size):
        """Fills the disk up to this many bytes."""
        self.free()
        space = os.statvfs(self.folder)
        filler = space.f_bavail * space.f_frsize - size
        with open(self.folder / "filler", "wb") as file:
            os.posix_fallocate(file.fileno(), 0, filler)

    def free(self):
        (self.folder / "filler").unlink(missing_ok=True)

    def close(self):
        subprocess.run(["umount", "--lazy", self.folder], check=True)
        self.trial.disks.remove(str(self.folder))


def on_small_disk(function):
    """Runs a case in a mount namespace of its own."""
    def run(trial):
        need_root()
        need("unshare", "mount", "umount")
        if os.environ.get("INGOT_TEST_NAMESPACE") != "own":
            words = [sys.argv[0], sys.argv[1], sys.argv[2], run.name]
            code = subprocess.run(["unshare", "--mount", "--propagation", "private", *words],
                                  env={**os.environ, "INGOT_TEST_NAMESPACE": "own"},
                                  check=False).returncode
            if code:
                sys.exit(code)
            return
        function(trial)
    return run


def full(result, place):
    result.expect(6, "No space left on device", str(place), "a disk is full", "free)",
                  "INGOT_CACHE")
    return result


def store_fills_up(trial, size, *before, said=()):
    """With this much room the build fails at the step that is named, and with more it succeeds."""
    disk = SmallDisk(trial, trial.cache)
    try:
        for prepare in before:
            prepare()
        disk.leave(size)
        result = full(trial.build(locked=False), trial.cache)
        for words in said:
            assert words in result.text, result.text
        trial.no_release()
        disk.free()
        trial.expect_good_build(locked=False)
    finally:
        disk.close()


# The steps of the image, as they appear when they fail.
BUILT = ["packages/base", "system/base", "finish", "seal"]


@case("full-disk-while-locking")
@on_small_disk
def full_disk_while_locking(trial):
    (trial.project / "images/mini.lock").unlink()
    store_fills_up(trial, 12 << 10)
    assert (trial.project / "images/mini.lock").exists()


@case("full-disk-while-unpacking-the-solver")
@on_small_disk
def full_disk_while_unpacking_the_solver(trial):
    (trial.project / "images/mini.lock").unlink()
    store_fills_up(trial, 18 << 20, said=["solver  FAILED"])


@case("full-disk-while-fetching")
@on_small_disk
def full_disk_while_fetching(trial):
    store_fills_up(trial, 2 << 20, said=["fetch  FAILED"])


@case("full-disk-while-unpacking-the-build-root")
@on_small_disk
def full_disk_while_unpacking_the_build_root(trial):
    store_fills_up(trial, 8 << 20, lambda: trial.fetch().expect(0), said=["build-root/base  FAILED"])


@case("full-disk-while-installing")
@on_small_disk
def full_disk_while_installing(trial):
    # Room for what is unpacked before dpkg runs, not for what dpkg unpacks.
    store_fills_up(trial, 27 << 20, room_for_steps(trial, *BUILT), said=["packages/base  FAILED"])


def room_for_steps(trial, *names):
    """A store that lacks the results of these steps only."""
    return lambda: trial.warm(without=names)


@case("full-disk-while-configuring")
@on_small_disk
def full_disk_while_configuring(trial):
    store_fills_up(trial, 8 << 10, room_for_steps(trial, "system/base", "finish", "seal"),
                   said=["system/base  FAILED"])


@case("full-disk-while-finishing")
@on_small_disk
def full_disk_while_finishing(trial):
    store_fills_up(trial, 8 << 10, room_for_steps(trial, "finish", "seal"),
                   said=["finish  FAILED"])


@case("full-disk-in-a-script")
@on_small_disk
def full_disk_in_a_script(trial):
    script = trial.project / "layers/base/scripts/configure"
    text = script.read_text()
    script.write_text("#!/bin/sh\nset -eu\ncat /usr/bin/dpkg /usr/bin/dpkg > /big\n")
    disk = SmallDisk(trial, trial.cache)
    try:
        trial.warm()
        disk.leave(300 << 10)
        full(trial.build(), "system/base")
        trial.no_release()
        disk.free()
        script.write_text(text)
        trial.expect_good_build()
    finally:
        disk.close()


@case("full-disk-while-sealing")
@on_small_disk
def full_disk_while_sealing(trial):
    store_fills_up(trial, 0, room_for_steps(trial, "seal"), said=["seal  FAILED"])


def fill_at_any_write(trial, times, seed):
    """The disk of the store fills up at random places of a build. Every third begins with an empty
    store, the others lack all results."""
    chance = random.Random(seed)
    disk = SmallDisk(trial, trial.cache)
    try:
        trial.build(locked=False).expect(0)
        room = shutil.disk_usage(trial.cache).used
        failed = 0
        while failed < times:
            forget(trial, fully=failed % 3 == 0)
            size = chance.randrange(0, room, 4096)
            disk.leave(size)
            result = trial.build(locked=False)
            disk.free()
            if result.code == 0:
                room = min(room, max(size, 4096))  # it needs less than that
                continue
            full(result, trial.cache)
            trial.no_release()
            failed += 1
            trial.expect_good_build(locked=False)
            trial.nothing_left()
            print(f"full after {size >> 10} KiB: with room the next run gives the same bytes",
                  flush=True)
    finally:
        disk.close()


@case("full-disk-at-any-write")
@on_small_disk
def full_disk_at_any_write(trial):
    fill_at_any_write(trial, 4, seed=time.time_ns())


@case("full-disk-at-any-write-100-times")  # slow
@on_small_disk
def full_disk_at_any_write_100_times(trial):
    fill_at_any_write(trial, 100, seed=3)


def output_fills_up(trial, size, *said):
    trial.warm()
    disk = SmallDisk(trial, trial.output)
    try:
        disk.leave(size)
        result = full(trial.build(), trial.output)
        for words in said:
            assert words in result.text, result.text
        trial.no_release()
        disk.free()
        trial.expect_good_build()
    finally:
        disk.close()


@case("full-disk-while-writing-the-log")
@on_small_disk
def full_disk_while_writing_the_log(trial):
    output_fills_up(trial, 0)


@case("full-disk-while-writing-the-formats")
@on_small_disk
def full_disk_while_writing_the_formats(trial):
    output_fills_up(trial, 2 << 20, "rootfs-tar  FAILED")


@case("full-disk-while-signing-the-release")
@on_small_disk
def full_disk_while_signing_the_release(trial):
    trial.warm()
    trial.build().expect(0)
    size = sum(path.stat().st_blocks * 512 for path in trial.release().iterdir())
    shutil.rmtree(trial.output)
    output_fills_up(trial, size - (12 << 10))


@case("full-disk-under-the-project")
@on_small_disk
def full_disk_under_the_project(trial):
    kept = trial.temp / "kept"
    trial.project.rename(kept)
    disk = SmallDisk(trial, trial.project)
    try:
        shutil.copytree(kept, trial.project, dirs_exist_ok=True)
        (trial.project / "images/mini.lock").unlink()
        disk.leave(0)
        full(trial.lock(), trial.project)
        assert not (trial.project / "images/mini.lock").exists()
        trial.nothing_left_in(trial.project / "images")
        disk.free()
        trial.lock().expect(0)
    finally:
        disk.close()
        trial.project.rmdir()
        kept.rename(trial.project)
