# SPDX-License-Identifier: Apache-2.0
"""Hosts that lack something, and places that are read-only or oddly named."""
import glob
import os
import pathlib
import shutil
import subprocess
import sys

from trial import case, need, need_root, skip

# Its own mount namespace, so that nothing mounted here outlives the test.
UNSHARE = ["unshare", "--mount", "--propagation", "private"]


def in_namespace(trial, setup, *command):
    """Runs a command after a few lines of shell in a mount namespace of its own."""
    need_root()
    need("unshare", "mount", "chroot")
    return [*UNSHARE, "sh", "-euc", setup + '\nexec "$@"', "sh", *command]


@case("output-directory-that-is-read-only")
def output_directory_that_is_read_only(trial):
    trial.warm()
    trial.output.mkdir()
    setup = f"mount -t tmpfs -o ro none '{trial.output}'"
    trial.build(prefix=in_namespace(trial, setup)).expect(6, str(trial.output), "Read-only")
    assert not list(trial.output.iterdir())


@case("output-directory-that-is-a-file")
def output_directory_that_is_a_file(trial):
    trial.output.write_text("mine")
    trial.build().expect(6, str(trial.output))
    assert trial.output.read_text() == "mine"


@case("release-that-is-a-file")
def release_that_is_a_file(trial):
    trial.warm()
    trial.output.mkdir()
    trial.release().write_text("mine")
    trial.build().expect(2, str(trial.release()), "move it away")
    assert trial.release().read_text() == "mine"


@case("store-that-is-read-only")
def store_that_is_read_only(trial):
    trial.cache.mkdir()
    setup = f"mount -t tmpfs -o ro none '{trial.cache}'"
    trial.build(prefix=in_namespace(trial, setup)).expect(6, str(trial.cache), "Read-only")
    trial.no_release()


@case("project-that-is-read-only")
def project_that_is_read_only(trial):
    place = f"'{trial.project}'"
    setup = f"mount --bind {place} {place}\nmount -o remount,bind,ro {place}"
    trial.ingot("lock", "--update", "mini", prefix=in_namespace(trial, setup)).expect(0)
    (trial.project / "images/mini.lock").unlink()
    trial.lock(prefix=in_namespace(trial, setup)).expect(6, "images", "Read-only")
    assert not (trial.project / "images/mini.lock").exists()


def odd_place(trial, name):
    """Everything lies below a folder of this name."""
    home = os.fsencode(trial.temp) + b"/" + name
    os.mkdir(home)
    for part in ("project", "cache", "out"):
        path = pathlib.Path(os.fsdecode(home + b"/" + part.encode()))
        if part == "project":
            trial.project = trial.project.rename(path)
        elif part == "cache":
            trial.cache = path
        else:
            trial.output = path
    archive = trial.own_archive()
    trial.mirrors = ["standin=" + str(archive.folder.rename(os.fsdecode(home + b"/standin")))]
    trial.environment["TMPDIR"] = os.fsdecode(home)
    lock = trial.project / "images/mini.lock"
    before = lock.read_bytes()
    lock.unlink()
    trial.check().expect(0)
    trial.lock().expect(0)
    assert lock.read_bytes() == before, "another lock"
    trial.progress = "json"
    trial.expect_good_build()


@case("path-with-spaces")
def path_with_spaces(trial):
    odd_place(trial, b"a place with  spaces")


@case("path-with-non-utf-8-bytes")
def path_with_non_utf_8_bytes(trial):
    odd_place(trial, b"caf\xe9 \xff\xfe")


@case("path-with-signs-that-mounts-and-shells-take-apart")
def path_with_signs_that_mounts_and_shells_take_apart(trial):
    odd_place(trial, b"a:b,c=d\\e'f\"g$(h)%20;i*")


@case("file-name-with-non-utf-8-bytes-in-a-layer")
def file_name_with_non_utf_8_bytes_in_a_layer(trial):
    trial.warm()
    path = os.fsencode(trial.project) + b"/layers/base/files/etc/caf\xe9 \xff"
    with open(path, "wb") as file:
        file.write(b"x")
    with open(os.fsencode(trial.project) + b"/layers/base/files/etc/two\nlines", "wb") as file:
        file.write(b"y")
    trial.build().expect(0)
    trial.verify()
    listed = subprocess.run(["tar", "--list", "--quoting-style=escape", "--zstd", "--file",
                             trial.release() / "mini-1.rootfs.tar.zst"],
                            capture_output=True, check=True).stdout
    assert b"etc/caf\\351 \\377" in listed and b"etc/two\\nlines" in listed


@case("image-name-with-non-utf-8-bytes")
def image_name_with_non_utf_8_bytes(trial):
    trial.ingot("build", b"caf\xe9", "--output", trial.output).expect(2, "caf")
    assert not trial.output.exists()


NOBODY = 65534


def as_nobody(trial, subuids=True):
    """An ordinary user of a chroot, where the kernel forbids user namespaces."""
    root = trial.temp / "root"
    root.mkdir()
    for path in (trial.temp, *trial.temp.rglob("*")):
        if not path.is_symlink():
            os.chown(path, NOBODY, NOBODY)
    trial.temp.chmod(0o755)
    etc = trial.temp / "etc"
    ids = "nobody:200000:65536" if subuids else ""
    setup = (f"cp -a /etc '{etc}'\n"
             f"for file in subuid subgid; do echo '{ids}' > '{etc}'/$file; done\n"
             f"mount --bind '{etc}' /etc\nmount --rbind / '{root}'\n")
    return in_namespace(trial, setup, "chroot", f"--userspec={NOBODY}:{NOBODY}", "--groups=", root)


@case("no-user-namespaces")
def no_user_namespaces(trial):
    need("newuidmap")
    trial.build(prefix=as_nobody(trial), cwd="/").expect(4, "user namespace", "as root")
    trial.no_release()


@case("no-subordinate-ids")
def no_subordinate_ids(trial):
    trial.build(prefix=as_nobody(trial, subuids=False), cwd="/").expect(4, "/etc/subuid", "usermod")
    trial.no_release()


@case("no-mount-namespaces")
def no_mount_namespaces(trial):
    need("unshare")
    limited = ["unshare", "--user", "--map-root-user", "sh", "-euc",
               'echo 0 > /proc/sys/user/max_mnt_namespaces\nexec "$@"', "sh"]
    if subprocess.run([*limited, "true"], capture_output=True, check=False).returncode != 0:
        skip("no user namespace can be made here to forbid more of them in")
    result = trial.build(prefix=limited).expect(4, "namespace")
    result.never("a disk is full")
    trial.no_release()


def without_program(trial, name):
    """A host without this program."""
    program = shutil.which(name)
    if program is None:
        return []
    return in_namespace(trial, f"mount --bind /dev/null {os.path.realpath(program)}")


@case("no-apt-get")
def no_apt_get(trial):
    (trial.project / "images/mini.lock").unlink()
    trial.lock(prefix=without_program(trial, "apt-get")).expect(4, "apt-get", "install")
    assert not (trial.project / "images/mini.lock").exists()


@case("no-gpgv")
def no_gpgv(trial):
    (trial.project / "images/mini.lock").unlink()
    trial.lock(prefix=without_program(trial, "gpgv")).expect(4, "gpgv", "install")
    assert not (trial.project / "images/mini.lock").exists()


def bootable_release(trial):
    """What `ingot test` takes for a release that was not signed yet; nothing of it could boot."""
    folder = trial.temp / "bootable-1"
    folder.mkdir()
    for name in ("raw", "efi", "root.squashfs"):
        (folder / f"bootable-1.{name}").write_bytes(bytes(1 << 20))
    return folder


@case("no-qemu")
def no_qemu(trial):
    trial.ingot("test", bootable_release(trial), mirrors=False,
                prefix=without_program(trial, "qemu-system-x86_64")).expect(
                    4, "qemu-system-x86_64 is not installed", "apt-get install qemu-system-x86")


@case("no-uefi-firmware")
def no_uefi_firmware(trial):
    need("qemu-system-x86_64")
    hidden = "".join(f"mount -t tmpfs none /usr/share/{folder}\n"
                     for folder in ("OVMF", "edk2", "edk2-ovmf", "qemu")
                     if os.path.isdir("/usr/share/" + folder))
    trial.ingot("test", bootable_release(trial), mirrors=False,
                prefix=in_namespace(trial, hidden)).expect(4, "UEFI firmware", "install ovmf")


@case("port-in-use")
def port_in_use(trial):
    """A host that allows no network of our own, and has one port for programs, which is taken."""
    need("qemu-system-x86_64")
    if not glob.glob("/usr/share/OVMF/OVMF_CODE*"):
        skip("this machine lacks OVMF")
    taken = ("import fcntl, os, socket, struct, sys\n"
             "server = socket.socket()\n"
             "up = struct.pack('16sh14x', b'lo', 0x41)\n"  # IFF_UP | IFF_RUNNING
             "fcntl.ioctl(server, 0x8914, up)\n"  # SIOCSIFFLAGS
             "server.bind(('127.0.0.1', 40000))\nserver.listen()\n"
             "server.set_inheritable(True)\nos.execv(sys.argv[1], sys.argv[1:])\n")
    alone = ["unshare", "--user", "--map-root-user", "--net", "sh", "-euc",
             "echo 40000 40000 > /proc/sys/net/ipv4/ip_local_port_range\n"
             'echo 0 > /proc/sys/user/max_net_namespaces\nexec "$@"', "sh"]
    if subprocess.run([*alone, "true"], capture_output=True, check=False).returncode != 0:
        skip("no user namespace with a network of its own can be made here")
    trial.ingot("test", bootable_release(trial), "--format", "netboot", "--accel", "tcg",
                mirrors=False, prefix=[*alone, sys.executable, "-c", taken]).expect(
                    4, "no port on 127.0.0.1 is free")


@case("nothing-that-boots")
def nothing_that_boots(trial):
    trial.warm()
    trial.build().expect(0)
    trial.ingot("test", trial.release(), mirrors=False).expect(2, "nothing that boots")

