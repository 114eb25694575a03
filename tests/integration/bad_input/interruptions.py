# SPDX-License-Identifier: Apache-2.0
"""Builds that are killed at random moments, stopped by signals, or not alone."""
import os
import random
import shutil
import signal
import subprocess
import time

from trial import case


def started(trial, *args):
    """A build in the background, from the lock to the release."""
    command = trial.command("build", "mini", "--output", trial.output, *trial.keys(), *args)
    return subprocess.Popen(command, env=trial.env(), cwd=trial.temp, stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def forget(trial, fully):
    """So that the next build has to do its work again."""
    for folder in ([trial.cache] if fully else [trial.cache / "trees"]) + [trial.output]:
        shutil.rmtree(folder, ignore_errors=True)
    (trial.project / "images/mini.lock").unlink(missing_ok=True)


def gone(trial):
    """No process of the killed build lives on; the kernel ends a sandbox within moments."""
    deadline = time.monotonic() + 5
    while trial.processes():
        assert time.monotonic() < deadline, f"processes live on: {trial.processes()}"
        time.sleep(0.02)
    assert not trial.mounts(), trial.mounts()


def length_of_a_build(trial):
    start = time.monotonic()
    build = started(trial)
    said = build.communicate()[0]
    assert build.returncode == 0, said.decode()
    return time.monotonic() - start


def kill_and_run_again(trial, times, seed):
    """Kills the process itself only. Every third run begins with an empty store."""
    chance = random.Random(seed)
    longest = length_of_a_build(trial)
    lock = (trial.project / "images/mini.lock").read_bytes()
    expected = (trial.prepared / "digest").read_text()
    killed = 0
    while killed < times:
        forget(trial, fully=killed % 3 == 0)
        moment = chance.uniform(0, longest)
        build = started(trial)
        try:
            said = build.communicate(timeout=moment)[0]
            assert build.returncode == 0, said.decode()
            longest = min(longest, moment)  # it is faster than we thought
            continue
        except subprocess.TimeoutExpired:
            os.kill(build.pid, signal.SIGKILL)
            build.wait()
            build.stdout.close()
        killed += 1
        gone(trial)
        whole = trial.release().exists()
        if whole:
            trial.verify()
        trial.build(locked=False, timeout=900).expect(0)
        assert trial.tar_digest() == expected, f"other bytes after a kill at {moment:.2f} s"
        assert (trial.project / "images/mini.lock").read_bytes() == lock
        trial.verify()
        trial.nothing_left()
        print(f"killed after {moment:.2f} of {longest:.2f} s: the next run gives the same bytes",
              flush=True)


@case("kill-9-at-any-step")
def kill_9_at_any_step(trial):
    kill_and_run_again(trial, 4, seed=time.time_ns())


@case("kill-9-at-any-step-200-times")  # slow
def kill_9_at_any_step_200_times(trial):
    kill_and_run_again(trial, 200, seed=2)


@case("stop-signal-at-any-step")
def stop_signal_at_any_step(trial):
    longest = length_of_a_build(trial)
    for share, number in ((0.3, signal.SIGTERM), (0.7, signal.SIGINT)):
        forget(trial, fully=False)
        build = started(trial)
        time.sleep(share * longest)
        build.send_signal(number)
        said = build.communicate(timeout=20)[0].decode()
        assert build.returncode in (128 + number, 0), f"{build.returncode}: {said}"
        gone(trial)
        if build.returncode:
            trial.no_release()
            trial.nothing_left()
    trial.expect_good_build(locked=False)


def finished(trial, builds):
    for build in builds:
        said = build.communicate(timeout=200)[0].decode()
        assert build.returncode == 0, said
    assert trial.tar_digest() == (trial.prepared / "digest").read_text()
    trial.verify()
    trial.nothing_left()


@case("two-builds-at-once")
def two_builds_at_once(trial):
    """Of the same image, with one store and into one folder."""
    (trial.project / "images/mini.lock").unlink()
    finished(trial, [started(trial), started(trial)])
    log = (trial.release() / "build.log").read_bytes()
    assert b"\0" not in log, "a garbled log"


@case("two-builds-at-once-into-two-folders")
def two_builds_at_once_into_two_folders(trial):
    first = started(trial)
    trial.output = trial.temp / "other"
    second = started(trial)
    finished(trial, [first, second])
    trial.output = trial.temp / "out"
    finished(trial, [])


@case("two-builds-at-once-and-one-killed")
def two_builds_at_once_and_one_killed(trial):
    first = started(trial)
    second = started(trial)
    time.sleep(1.5)
    first.kill()
    first.wait()
    first.stdout.close()
    second.wait(timeout=200)
    trial.fetch("--offline").expect(0)  # whoever opens the store next sweeps it
    finished(trial, [second])
