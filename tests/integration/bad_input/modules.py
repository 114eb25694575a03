# SPDX-License-Identifier: Apache-2.0
"""Kernels and drivers that cannot be built: the packages are stand-ins, and so is make, which says
what a compiler would."""
import stand_in
from trial import case

KERNEL = """kernel: standin-6.12
release: 6.12.1-amd64
image: {package: linux-image-6.12.1-amd64, version: "6.12.1-1"}
headers: {package: linux-headers-6.12.1-amd64, version: "6.12.1-1"}
compiler: gcc-14
"""

DRIVER = """driver: "550.1"
package-version: "550.1-1"
firmware: /usr/lib/firmware/nvidia/550.1
modules: [nvidia]
flavours:
  open: {package: nvidia-open-kernel-dkms, version: "550.1-1", source: /usr/src/nvidia, license: MIT}
"""

LAYER = """layer: driver
description: Stand-in driver
after: [base]
requires: [base]
needs: [kernel, driver]
packages:
  - {name: "${kernel.package}", version: "${kernel.version}"}
build-root:
  packages:
    - {name: "${kernel.headers}", version: "${kernel.headers-version}"}
    - {name: "${driver.source-package}", version: "${driver.source-version}"}
modules: driver
"""

MAKE = r"""#!/bin/sh
echo "make[1]: Entering directory '/usr/src/linux-headers-6.12.1-amd64'"
echo "  CC [M]  nvidia/nv-pci.o"
echo "nvidia/nv-pci.c: In function 'nv_resize_pcie_bars':" >&2
echo "nvidia/nv-pci.c:204:9: error: too many arguments to function 'pci_resize_resource'" >&2
i=0
while [ $i -lt 60 ]; do echo "nvidia/other.c:$i:1: error: another, which follows from it"; i=$((i + 1)); done
echo "make[1]: *** [scripts/Makefile.build:249: nvidia/nv-pci.o] Error 1" >&2
exit 2
"""


def with_driver(trial, headers="6.12.1-1", make=MAKE):
    trial.write("kernels/standin-6.12.yaml", KERNEL)
    trial.write("kernels/nvidia/550.1.yaml", DRIVER)
    trial.write("layers/driver/layer.yaml", LAYER)
    image = (trial.project / "images/mini.yaml").read_text()
    trial.write("images/mini.yaml", image.replace("[base]", "[base, driver]") +
                'kernel: standin-6.12\ndriver: {version: "550.1", flavour: open}\n')
    archive = trial.own_archive()
    archive.add("linux-image-6.12.1-amd64", stand_in.with_folders({"boot/vmlinuz-6.12.1-amd64": b"k"}),
                version="6.12.1-1")
    if headers:
        archive.add("linux-headers-6.12.1-amd64", stand_in.with_folders({"usr/src/headers": b"h"}),
                    version=headers)
    archive.add("nvidia-open-kernel-dkms", version="550.1-1", fields=["Depends: dpkg"],
                members=stand_in.with_folders({"usr/src/nvidia/Makefile": b"modules:\n",
                                               "usr/bin/make": make.encode()}))
    archive.publish(trial.key)
    (trial.project / "images/mini.lock").unlink()


@case("kernel-without-headers-in-its-definition")
def kernel_without_headers_in_its_definition(trial):
    with_driver(trial)
    trial.write("kernels/standin-6.12.yaml", "\n".join(
        line for line in KERNEL.splitlines() if not line.startswith("headers")) + "\n")
    trial.check().expect(2, "kernels/standin-6.12.yaml:1", "'headers'")
    trial.lock().expect(2, "kernels/standin-6.12.yaml:1", "'headers'")


@case("kernel-without-headers-in-the-archive")
def kernel_without_headers_in_the_archive(trial):
    with_driver(trial, headers=None)
    trial.lock().expect(2, "layers/driver/layer.yaml:10", "linux-headers-6.12.1-amd64")
    assert not (trial.project / "images/mini.lock").exists()


@case("kernel-with-headers-of-another-version")
def kernel_with_headers_of_another_version(trial):
    with_driver(trial, headers="6.12.1-2")
    trial.lock().expect(2, "linux-headers-6.12.1-amd64 has no version 6.12.1-1", "6.12.1-2")
    assert not (trial.project / "images/mini.lock").exists()


@case("kernel-that-does-not-exist")
def kernel_that_does_not_exist(trial):
    with_driver(trial)
    trial.replace("images/mini.yaml", "standin-6.12", "standin-6.13")
    trial.check().expect(2, "images/mini.yaml:8", "did you mean 'standin-6.12'?")


@case("module-that-does-not-compile")
def module_that_does_not_compile(trial):
    with_driver(trial)
    trial.lock().expect(0)
    log = trial.output / "mini-1.log"
    trial.build().expect(
        7, "modules/driver", "first error: nvidia/nv-pci.c:204:9: error: too many arguments",
        f"whole log: {log}", "compiling 550.1 (open) against kernel 6.12.1-amd64")
    assert "nv_resize_pcie_bars" in log.read_text()
    trial.no_release()


@case("module-that-is-not-there-after-make")
def module_that_is_not_there_after_make(trial):
    with_driver(trial, make="#!/bin/sh\nexit 0\n")
    trial.lock().expect(0)
    result = trial.build()
    result.expect(result.code, "nvidia")
    assert result.code in (4, 7), result.text
    trial.no_release()


@case("patch-that-does-not-apply")
def patch_that_does_not_apply(trial):
    with_driver(trial)
    trial.write("kernels/nvidia/patches/0001-x.patch", "--- a/none.c\n+++ b/none.c\n@@ -1 +1 @@\n-x\n+y\n")
    trial.write("kernels/nvidia/550.1.yaml", DRIVER + "patches:\n"
                "  - {file: patches/0001-x.patch, flavours: [open], reason: A stand-in}\n")
    trial.archive.add("patch", stand_in.with_folders(
        {"usr/bin/patch": b"#!/bin/sh\necho \"can't find file to patch\" >&2\nexit 1\n"}))
    trial.archive.publish(trial.key)
    trial.replace("layers/driver/layer.yaml", "    - {name: \"${kernel.headers",
                  "    - patch\n    - {name: \"${kernel.headers")
    trial.lock().expect(0)
    trial.build().expect(7, "0001-x.patch", "kernels/nvidia/550.1.yaml", "find file to patch")
    trial.no_release()


@case("script-that-fails")
def script_that_fails(trial):
    trial.write("layers/base/scripts/configure", "#!/bin/sh\necho 'it went wrong here' >&2\nexit 3\n")
    trial.build().expect(7, "system/base", "layers/base/scripts/configure", "exit code: 3",
                         "it went wrong here", "whole log")
    trial.no_release()


@case("script-that-is-not-executable")
def script_that_is_not_executable(trial):
    (trial.project / "layers/base/scripts/configure").chmod(0o644)
    trial.build().expect(2, "layers/base/scripts/configure", "chmod +x")
    assert not trial.output.exists()
