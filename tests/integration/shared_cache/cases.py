# SPDX-License-Identifier: Apache-2.0
"""Results given to a registry by one store and taken by another."""
import json
import re
import shutil
import subprocess
import time

import registry

CASES = {}


def case(function):
    CASES[function.__name__.replace("_", "-")] = function
    return function


def started(trial, binary, **more):
    one = registry.Registry(binary, trial.temp / "registry", **more)
    trial.closing.append(one)
    return one


def give(trial, url, *args, **more):
    """From a store that has all results."""
    if not (trial.cache / "trees").exists():
        trial.warm()
    return trial.build("--cache-to", url, *args, **more).expect(0)


def forget(trial):
    """An empty store but for the packages, which have mirrors of their own."""
    for name in ("trees", "newest", "records"):
        shutil.rmtree(trial.cache / name, ignore_errors=True)
    shutil.rmtree(trial.output, ignore_errors=True)


def take(trial, url, *args, **more):
    forget(trial)
    return trial.build("--cache-from", url, *args, **more).expect(0)


def same_bytes(trial):
    expected = (trial.prepared / "digest").read_text()
    assert trial.tar_digest() == expected, "other bytes than those of a clean build"
    trial.verify()


def count(result, words):
    found = re.search(rf"(\d+) {words}", result.text)
    return int(found.group(1)) if found else 0


@case
def another_store_takes_what_one_gives(trial, binary):
    place = started(trial, binary)
    given = give(trial, place.url())
    sent = count(given, "results sent")
    assert sent >= 6 and sent == len(place.tags()), given.text
    taken = take(trial, place.url()).never("warning", "refused")
    assert count(taken, "results taken") >= 3, taken.text
    same_bytes(trial)
    trial.ingot("cache", "verify", mirrors=False).expect(0, "0 damaged")
    again = give(trial, place.url())
    assert count(again, "results sent") == 0, again.text


@case
def results_are_given_as_they_are_made(trial, binary):
    place = started(trial, binary)
    trial.warm(without=("packages/base", "rootfs-tar"))
    made = trial.build("--cache-to", place.url(), "--cache-from", place.url()).expect(0)
    assert count(made, "results sent") >= 6, made.text
    same_bytes(trial)
    taken = take(trial, place.url())
    assert count(taken, "results taken") >= 3, taken.text


def spoil_statement(text):
    manifest = json.loads(text)
    bundle = json.loads(manifest["annotations"]["vnd.ingot.cache-entry.bundle"])
    payload = bundle["dsseEnvelope"]["payload"]
    bundle["dsseEnvelope"]["payload"] = payload[:40] + "AAAA" + payload[44:]
    manifest["annotations"]["vnd.ingot.cache-entry.bundle"] = json.dumps(bundle)
    return json.dumps(manifest).encode()


@case
def altered_results_are_refused(trial, binary):
    """The payload of each, and the statement of every other one."""
    place = started(trial, binary)
    give(trial, place.url())
    spoilt = 0
    for path in place.blobs():
        content = path.read_bytes()
        if not content.startswith(b"{"):
            half = len(content) // 2
            path.write_bytes(content[:half] + bytes([content[half] ^ 1]) + content[half + 1:])
        elif b"bundle" in content:
            spoilt += 1
            if spoilt % 2:
                path.write_bytes(spoil_statement(content))
    taken = take(trial, place.url()).expect(0, "not those of its name", "does not hold")
    assert count(taken, "results taken") == 0, taken.text
    same_bytes(trial)


@case
def results_of_a_foreign_key_are_refused(trial, binary):
    place = started(trial, binary)
    trial.ingot("keygen", "--out", trial.temp / "foreign", mirrors=False).expect(0)
    trial.warm()
    words = [str(word) for word in trial.keys()]
    words[words.index("--release-key") + 1] = trial.temp / "foreign/release.key"
    trial.ingot("build", "mini", "--locked", "--output", trial.output, *words, "--cache-to",
                place.url()).expect(0, "results sent")
    taken = take(trial, place.url()).expect(0, "not trusted here")
    assert count(taken, "results taken") == 0, taken.text
    same_bytes(trial)
    believed = take(trial, place.url(), "--cache-key", trial.temp / "foreign/release.pub")
    assert count(believed, "results taken") >= 3, believed.text
    same_bytes(trial)
    # Sending with our own key replaces what we do not believe.
    assert count(give(trial, place.url()), "results sent") >= 6


@case
def a_registry_that_is_down_is_one_warning(trial, _):
    url = registry.Registry.url(None, registry.free_port())
    trial.warm(without=("seal",))
    began = time.monotonic()
    said = trial.build("--cache-from", url, "--cache-to", url).expect(0, "left out from now on")
    assert said.text.count("left out from now on") == 1, said.text
    assert said.text.count("nor will others be") == 1, said.text
    assert time.monotonic() - began < 20
    same_bytes(trial)


@case
def a_slow_transfer_is_not_waited_for(trial, binary):
    place = started(trial, binary)
    give(trial, place.url())
    way = registry.SlowWay(place.port, 300_000)
    trial.closing.append(way)
    taken = take(trial, place.url(way.port))
    taken.expect(0, "is made here: bringing", "making it took")
    same_bytes(trial)


@case
def a_push_that_is_killed_leaves_nothing_to_take(trial, binary):
    place = started(trial, binary)
    trial.warm()
    way = registry.SlowWay(place.port, 400_000)
    trial.closing.append(way)
    command = trial.command("build", "mini", "--locked", "--output", trial.output, *trial.keys(),
                            "--cache-to", place.url(way.port))
    with subprocess.Popen(command, env=trial.env(), cwd=trial.temp, stdin=subprocess.DEVNULL,
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as build:
        while way.passed < 300_000:
            assert build.poll() is None, "the build ended before anything was sent"
            time.sleep(0.01)
        build.kill()
    way.close()
    complete = len(place.tags())
    taken = take(trial, place.url()).never("warning", "refused")
    assert count(taken, "results taken") <= complete, taken.text
    same_bytes(trial)
    give(trial, place.url())
    assert len(place.tags()) > complete
    assert count(take(trial, place.url()), "results taken") >= 3


@case
def credentials_come_from_the_file_of_docker_login(trial, binary):
    place = started(trial, binary, login=True)
    trial.warm()
    trial.build("--cache-to", place.url()).expect(0, "docker login", "were not sent")
    assert not place.tags()
    config = trial.temp / "docker/config.json"
    config.parent.mkdir()
    # user:secret-word
    config.write_text(json.dumps(
        {"auths": {f"127.0.0.1:{place.port}": {"auth": "dXNlcjpzZWNyZXQtd29yZA=="}}}))
    env = {**trial.env(), "DOCKER_CONFIG": str(config.parent)}
    assert count(give(trial, place.url(), env=env), "results sent") >= 6
    taken = take(trial, place.url(), env=env).never("secret-word", "dXNlcjpz")
    assert count(taken, "results taken") >= 3, taken.text
    same_bytes(trial)


@case
def no_registry_is_asked_offline(trial, _):
    trial.build("--offline", "--cache-from", "oci://127.0.0.1:1/a").expect(2, "--offline")
    trial.build("--cache-to", "127.0.0.1:1/a").expect(2, "oci://")
