# SPDX-License-Identifier: Apache-2.0
"""Archives whose indexes are wrong, and packages that are not or no longer there."""
import re

import stand_in
from trial import case

PAST = "Sat, 21 Nov 2020 00:12:42 UTC"


def lock_refused(trial, code, *words):
    (trial.project / "images/mini.lock").unlink()
    trial.lock().expect(code, *words)
    assert not (trial.project / "images/mini.lock").exists(), "a lock was written"
    trial.build(locked=False).expect(code, *words)
    assert not (trial.project / "images/mini.lock").exists(), "a lock was written"
    trial.no_release()


@case("package-that-does-not-exist")
def package_that_does_not_exist(trial):
    trial.replace("layers/base/layer.yaml", "  - tool\n", "  - tool\n  - tol\n")
    lock_refused(trial, 2, "layers/base/layer.yaml:12", "tol", "did you mean tool?")


@case("package-version-that-does-not-exist")
def package_version_that_does_not_exist(trial):
    trial.replace("layers/base/layer.yaml", "  - tool\n", '  - {name: tool, version: "9"}\n')
    lock_refused(trial, 2, "layers/base/layer.yaml:11", "tool has no version 9", "1.0-1")


@case("package-that-needs-one-that-does-not-exist")
def package_that_needs_one_that_does_not_exist(trial):
    trial.add_package("broken", stand_in.with_folders({"usr/share/x": b"x"}),
                      fields=["Depends: gone (>= 3)"])
    trial.lock().expect(2, "gone")


@case("index-with-a-bad-signature")
def index_with_a_bad_signature(trial):
    archive = trial.own_archive()
    text = archive.release.read_bytes()
    archive.release.unlink()
    archive.release.write_bytes(text.replace(b"Codename: stand-in", b"Codename: standing", 1))
    lock_refused(trial, 9, "repository main", "signature", "--mirror standin=URL")


@case("index-without-a-signature")
def index_without_a_signature(trial):
    archive = trial.own_archive()
    text = archive.release.read_text()
    archive.release.unlink()
    archive.release.write_text(re.search(r"\n\n(.*?\n)-----BEGIN", text, re.S).group(1))
    lock_refused(trial, 9, "repository main", "sign")


@case("index-signed-by-an-unknown-key")
def index_signed_by_an_unknown_key(trial):
    archive = trial.own_archive()
    other = stand_in.Key()
    try:
        archive.publish(other)
        lock_refused(trial, 9, "repository main", other.fingerprint[-16:])
    finally:
        other.close()


@case("index-signed-by-a-key-the-definition-does-not-name")
def index_signed_by_a_key_the_definition_does_not_name(trial):
    text = (trial.project / "layers/base/layer.yaml").read_text()
    trial.write("layers/base/layer.yaml",
                re.sub(r"signed-by: \[.*\]", "signed-by: [" + "1" * 40 + "]", text))
    lock_refused(trial, 9, "repository main", "1" * 40)


@case("index-expired")
def index_expired(trial):
    trial.own_archive().publish(trial.key, fields=["Valid-Until: " + PAST])
    lock_refused(trial, 9, "standin", "is expired")


@case("index-from-the-future")
def index_from_the_future(trial):
    trial.own_archive().publish(trial.key, date="Fri, 20 Nov 2099 00:12:42 UTC")
    lock_refused(trial, 9, "not valid yet")


@case("index-hash-mismatch")
def index_hash_mismatch(trial):
    index = trial.own_archive().index
    text = index.read_bytes()
    index.unlink()
    index.write_bytes(text.replace(b"Version: 1.0-1", b"Version: 6.6-6", 1))
    lock_refused(trial, 9, "Hash Sum mismatch", "--mirror")


@case("index-missing")
def index_missing(trial):
    trial.own_archive().index.unlink()
    lock_refused(trial, 5, "binary-amd64/Packages")


@case("archive-that-is-not-there")
def archive_that_is_not_there(trial):
    trial.mirrors = [f"standin={trial.temp}/nowhere"]
    lock_refused(trial, 5, "repository main", "nowhere", "--mirror standin=URL")


@case("keyring-that-is-garbage")
def keyring_that_is_garbage(trial):
    trial.write("layers/base/standin.gpg", b"no keyring\n")
    lock_refused(trial, 9, "repository main")


@case("pinned-package-gone-from-the-mirror")
def pinned_package_gone_from_the_mirror(trial):
    archive = trial.own_archive()
    elsewhere = trial.temp / "elsewhere"
    elsewhere.mkdir()
    (archive.pool / "tool_1.0-1_amd64.deb").rename(elsewhere / "tool_1.0-1_amd64.deb")
    archive.remove_stanza("tool")
    archive.add("tool", stand_in.with_folders({"usr/share/tool/new": b"new"}), version="1.0-2")
    archive.publish(trial.key)
    # Nobody has it.
    for run in (trial.fetch, trial.build):
        run().expect(5, "tool 1.0-1", f"{archive.folder}/pool/main/tool_1.0-1_amd64.deb",
                     "--source", "tool_1.0-1_amd64.deb", "ingot lock --update tool mini")
    trial.no_release()
    # A folder has it.
    trial.expect_good_build("--source", elsewhere)
    # The store has it now.
    (elsewhere / "tool_1.0-1_amd64.deb").unlink()
    trial.fetch().expect(0)
    trial.expect_good_build()
    # The lock is refreshed as the message said.
    trial.ingot("lock", "--update", "tool", "mini").expect(0, "1.0-1 -> 1.0-2")
    trial.build().expect(0)


@case("pinned-package-offline")
def pinned_package_offline(trial):
    trial.mirrors = ["standin=http://127.0.0.1:1/standin"]
    trial.fetch("--offline").expect(5, "offline", "tool 1.0-1")
    trial.build("--offline").expect(5, "offline", "tool 1.0-1")
    trial.no_release()


@case("lock-that-is-stale")
def lock_that_is_stale(trial):
    trial.replace("layers/base/layer.yaml", "  - tool\n", "  - tool\n  - apt\n")
    trial.build().expect(10, "ingot lock mini")
    trial.no_release()


@case("lock-that-is-missing")
def lock_that_is_missing(trial):
    (trial.project / "images/mini.lock").unlink()
    trial.build().expect(10, "ingot lock mini")
    trial.no_release()
