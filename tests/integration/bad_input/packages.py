# SPDX-License-Identifier: Apache-2.0
"""Packages whose payload is hostile. Those of the build root and the essential ones of the image
are unpacked by ingot itself, all others by dpkg inside the image's sandbox; whatever they hold,
nothing outside of the root is touched, and no release is made."""
import os
import pathlib
import tarfile

from stand_in import Archive, deb, member, with_folders
from trial import case

CANARY = "ingot-canary"


def refused(trial, members, code, *words, build_root=True, fields=()):
    # What a payload could reach: the folder of the temporary files, and the root of this machine.
    trial.add_package("hostile", members, build_root=build_root, fields=fields)
    trial.lock().expect(0)
    trial.build().expect(code, "hostile", *words)
    trial.no_release()
    for place in (trial.temp, pathlib.Path("/"), pathlib.Path("/etc"), pathlib.Path("/tmp")):
        assert not os.path.lexists(place / CANARY), f"it wrote {place / CANARY}"
    assert not list(trial.temp.rglob(CANARY)), "it is in the store"


def folders(*paths):
    return [member("./" + path + "/", kind=tarfile.DIRTYPE, mode=0o755) for path in paths]


CLIMBING = [member("./", kind=tarfile.DIRTYPE, mode=0o755),
            member("../../../../../../../../" + CANARY, b"climbed")]
THROUGH_LINK = folders("usr", "usr/share") + [
    member("./usr/share/way", kind=tarfile.SYMTYPE, link="../../../../../../../../etc"),
    member("./usr/share/way/" + CANARY, b"through")]
DEVICE = folders("usr", "usr/share") + [
    member("./usr/share/" + CANARY, kind=tarfile.CHRTYPE, device=(1, 1))]


@case("deb-with-a-climbing-path-in-the-build-root")
def deb_with_a_climbing_path_in_the_build_root(trial):
    refused(trial, CLIMBING, 9, CANARY, "leads upwards")


@case("deb-with-a-climbing-path-in-the-image")
def deb_with_a_climbing_path_in_the_image(trial):
    refused(trial, CLIMBING, 9, CANARY, "leads upwards", build_root=False)


@case("deb-with-a-climbing-path-that-is-essential")
def deb_with_a_climbing_path_that_is_essential(trial):
    refused(trial, CLIMBING, 9, CANARY, "leads upwards", build_root=False,
            fields=["Essential: yes"])


@case("deb-with-a-climbing-hard-link")
def deb_with_a_climbing_hard_link(trial):
    link = member("./usr/" + CANARY, kind=tarfile.LNKTYPE, link="../../../../../../etc/passwd")
    refused(trial, folders("usr") + [link], 9, "leads upwards")


@case("deb-with-a-device-in-the-build-root")
def deb_with_a_device_in_the_build_root(trial):
    refused(trial, DEVICE, 9, CANARY, "device")


@case("deb-with-a-device-in-the-image")
def deb_with_a_device_in_the_image(trial):
    refused(trial, DEVICE, 7, CANARY, "device", "whole log", build_root=False)


def stays_inside(trial, members, build_root):
    """What leads to a place of the root is no fault of ingot's; dpkg may refuse it."""
    trial.add_package("hostile", members, build_root=build_root)
    trial.lock().expect(0)
    result = trial.build()
    if result.code != 0:
        result.expect(7, "hostile", "whole log")
    for place in (trial.temp, pathlib.Path("/"), pathlib.Path("/etc"), pathlib.Path("/tmp")):
        assert not os.path.lexists(place / CANARY), f"it wrote {place / CANARY}"
    found = [path for path in trial.cache.rglob(CANARY)]
    inside = trial.cache / "trees"
    assert all(path.is_relative_to(inside) and "root" in path.parts for path in found), found


@case("deb-with-an-absolute-path-in-the-build-root")
def deb_with_an_absolute_path_in_the_build_root(trial):
    refused(trial, [member("/etc/" + CANARY, b"absolute")], 9, CANARY, "absolute")


@case("deb-with-an-absolute-path-in-the-image")
def deb_with_an_absolute_path_in_the_image(trial):
    """dpkg takes every name as one below its root."""
    stays_inside(trial, folders("etc") + [member("/etc/" + CANARY, b"absolute")], False)


@case("deb-that-writes-through-a-link-in-the-build-root")
def deb_that_writes_through_a_link_in_the_build_root(trial):
    stays_inside(trial, THROUGH_LINK, True)


@case("deb-that-writes-through-a-link-in-the-image")
def deb_that_writes_through_a_link_in_the_image(trial):
    stays_inside(trial, THROUGH_LINK, False)


@case("deb-with-a-setuid-file-nobody-listed")
def deb_with_a_setuid_file_nobody_listed(trial):
    refused(trial, with_folders({"usr/bin/hostile": (b"#!/bin/sh\n", 0o4755)}), 9, "img.setuid",
            "/usr/bin/hostile", "setuid", "remove the bits in a finish script", build_root=False)


@case("deb-that-is-no-archive")
def deb_that_is_no_archive(trial):
    archive = trial.own_archive()
    path = archive.pool / "tool_1.0-1_amd64.deb"
    replace_package(trial, archive, path, b"!<arch>\nnot really\n" * 100)
    trial.build().expect(9, "decompressing tool 1.0-1")
    trial.no_release()


@case("deb-that-is-cut")
def deb_that_is_cut(trial):
    archive = trial.own_archive()
    path = archive.pool / "tool_1.0-1_amd64.deb"
    content = path.read_bytes()
    replace_package(trial, archive, path, content[:len(content) // 2])
    trial.build().expect(9, "decompressing tool 1.0-1")
    trial.no_release()


@case("deb-of-another-package")
def deb_of_another_package(trial):
    archive = trial.own_archive()
    other, _ = deb("other", with_folders({"usr/share/other": b"x"}))
    replace_package(trial, archive, archive.pool / "tool_1.0-1_amd64.deb", other)
    trial.build().expect(9, "locked as tool 1.0-1", "says it is other 1.0-1")
    trial.no_release()


def replace_package(trial, archive: Archive, path, content):
    """The archive signs these bytes as that package: only what is in them can tell."""
    import hashlib
    stanza = path.with_suffix(".stanza")
    lines = [line for line in stanza.read_text().splitlines()
             if not line.startswith(("Size:", "SHA256:"))]
    lines += [f"Size: {len(content)}", f"SHA256: {hashlib.sha256(content).hexdigest()}", ""]
    stanza.unlink()
    stanza.write_text("\n".join(lines))
    path.unlink()
    path.write_bytes(content)
    archive.publish(trial.key)
    (trial.project / "images/mini.lock").unlink()
    trial.lock().expect(0)


@case("deb-damaged-in-the-store")
def deb_damaged_in_the_store(trial):
    trial.fetch().expect(0)
    lock = (trial.project / "images/mini.lock").read_text()
    digest = next(line for line in lock.splitlines() if "name: tool," in line)
    digest = digest.split("sha256: ")[1].split(",")[0]
    blob = trial.cache / "blobs/sha256" / digest[:2] / digest
    content = bytearray(blob.read_bytes())
    content[len(content) // 2] ^= 1
    blob.chmod(0o644)
    blob.write_bytes(content)
    trial.build().expect(9, str(blob), "remove the file and fetch it again")
    trial.no_release()
    blob.unlink()
    trial.expect_good_build()
