# SPDX-License-Identifier: Apache-2.0
"""Definitions that are wrong: the place, the reason, exit code 2, and nothing written."""
import os
import time

from trial import case

LAYER = "layers/base/layer.yaml"
IMAGE = "images/mini.yaml"
OPTIONS = """options:
  workers:
    type: integer
    minimum: 1
    maximum: 8
    default: 2
    description: How many
"""


def refused(trial, *words):
    """Both `check` and `build` refuse, and neither leaves anything."""
    trial.check().expect(2, *words)
    trial.build(locked=False).expect(2, *words)
    trial.no_release()
    assert not trial.output.exists()


@case("yaml-typo")
def yaml_typo(trial):
    trial.replace(LAYER, "packages:", "pakages:")
    refused(trial, "layer.yaml:10:1", "pakages", "did you mean 'packages'?")


@case("yaml-syntax-error")
def yaml_syntax_error(trial):
    trial.replace(IMAGE, "layers: [base]", "layers: [base")
    refused(trial, "images/mini.yaml:")


@case("yaml-not-text")
def yaml_not_text(trial):
    trial.write(IMAGE, b"image: mini\nversion: \"1\"\ndescription: \xff\xfe\n")
    refused(trial, "images/mini.yaml:3")


@case("yaml-wrong-type")
def yaml_wrong_type(trial):
    trial.replace(IMAGE, "layers: [base]", "layers: {base: 1}")
    refused(trial, "images/mini.yaml:6:", "list")


@case("yaml-unquoted-version")
def yaml_unquoted_version(trial):
    trial.replace(IMAGE, 'version: "1"', "version: 1.10")
    refused(trial, "images/mini.yaml:2:", "quote")


@case("yaml-duplicate-key")
def yaml_duplicate_key(trial):
    trial.write(IMAGE, (trial.project / IMAGE).read_text() + "version: \"2\"\n")
    refused(trial, "images/mini.yaml:8:1", "version")


@case("yaml-alias-bomb")
def yaml_alias_bomb(trial):
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    for level in range(1, 30):
        lines.append(f"a{level}: &a{level} [" + ", ".join([f"*a{level - 1}"] * 10) + "]")
    trial.write(IMAGE, "\n".join(lines) + "\n")
    started = time.monotonic()
    refused(trial, "images/mini.yaml:1:", "anchors are not allowed")
    assert time.monotonic() - started < 10


@case("yaml-file-of-100-mib")
def yaml_file_of_100_mib(trial):
    trial.write(IMAGE, b"# " + b"x" * (100 << 20))
    started = time.monotonic()
    refused(trial, "images/mini.yaml", "1 MiB")
    assert time.monotonic() - started < 10


@case("yaml-in-a-pipe")
def yaml_in_a_pipe(trial):
    (trial.project / IMAGE).unlink()
    os.mkfifo(trial.project / IMAGE)
    refused(trial, "images/mini.yaml", "must be a regular file")


@case("lock-file-of-100-mib")
def lock_file_of_100_mib(trial):
    trial.write("images/mini.lock", b"# " + b"x" * (100 << 20))
    trial.build().expect(2, "mini.lock is larger than", "the limit")


@case("lock-file-damaged")
def lock_file_damaged(trial):
    text = (trial.project / "images/mini.lock").read_text()
    trial.write("images/mini.lock", text[:len(text) // 2])
    trial.build().expect(2, "mini.lock")
    trial.write("images/mini.lock", text.replace("pool/main/tool", "pool/../../tool"))
    trial.build().expect(2, "mini.lock", "without ..")


@case("unknown-layer")
def unknown_layer(trial):
    trial.replace(IMAGE, "[base]", "[base, bsae]")
    refused(trial, "images/mini.yaml:6:", "bsae", "did you mean 'base'?")


@case("unknown-image")
def unknown_image(trial):
    trial.ingot("build", "mimi", "--output", trial.output).expect(2, "mimi", "mini")
    assert not trial.output.exists()


@case("option-out-of-range")
def option_out_of_range(trial):
    trial.replace(LAYER, "repositories:", OPTIONS + "repositories:")
    trial.replace(IMAGE, "[base]", "[{layer: base, options: {workers: 9}}]")
    refused(trial, "images/mini.yaml:6:", "workers", "8")


@case("unknown-option")
def unknown_option(trial):
    trial.replace(LAYER, "repositories:", OPTIONS + "repositories:")
    trial.replace(IMAGE, "[base]", "[{layer: base, options: {worker: 2}}]")
    refused(trial, "images/mini.yaml:6:", "did you mean 'workers'?")


@case("unknown-argument")
def unknown_argument(trial):
    trial.ingot("build", "mini", "--lokced", "--output", trial.output).expect(2, "--lokced")
    assert not trial.output.exists()
