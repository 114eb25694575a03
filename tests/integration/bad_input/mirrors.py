# SPDX-License-Identifier: Apache-2.0
"""Mirrors that answer wrongly: the next one is asked, and without one the run ends with exit code 5
(a fault of the server) or 9 (other bytes than those locked)."""
import time

import mirror
from trial import case


def fault_of_a_mirror(trial, way, code, *words, patience=30):
    """Alone it is named; with a good one after it, everything is fetched."""
    with mirror.serving(trial.archive.folder, {"/tool_": way}) as (url, asked):
        good = trial.mirrors
        trial.mirrors = ["standin=" + url]
        started = time.monotonic()
        trial.fetch("--patience", str(patience)).expect(code, "tool 1.0-1", url, *words)
        took = time.monotonic() - started
        assert took < 40, f"it took {took:.0f} s"
        asked.clear()
        trial.mirrors += good
        trial.fetch("--patience", str(patience)).expect(0)
        assert [path for path in asked if "/tool_" in path], "the bad mirror was not asked first"
    trial.fetch("--offline", mirrors=False).expect(0)


@case("mirror-that-answers-html-with-200")
def mirror_that_answers_html_with_200(trial):
    fault_of_a_mirror(trial, mirror.html_page, 5, "HTML page", "login portal")


@case("mirror-that-answers-html-of-the-right-size")
def mirror_that_answers_html_of_the_right_size(trial):
    fault_of_a_mirror(trial, mirror.html_page_of_right_size, 9, "other bytes than those locked")


@case("mirror-that-stalls")
def mirror_that_stalls(trial):
    fault_of_a_mirror(trial, mirror.stalls, 5, "too slow", patience=1)


@case("mirror-that-drips")
def mirror_that_drips(trial):
    fault_of_a_mirror(trial, mirror.drips, 5, "too slow", patience=1)


@case("mirror-that-stays-silent")
def mirror_that_stays_silent(trial):
    fault_of_a_mirror(trial, mirror.stays_silent, 5, "too slow", patience=1)


@case("mirror-that-closes-early")
def mirror_that_closes_early(trial):
    fault_of_a_mirror(trial, mirror.closes_early, 5, "closed")


@case("mirror-that-says-less-than-it-sends")
def mirror_that_says_less_than_it_sends(trial):
    fault_of_a_mirror(trial, mirror.says_less, 9, "that are locked")


@case("mirror-that-says-more-than-it-sends")
def mirror_that_says_more_than_it_sends(trial):
    fault_of_a_mirror(trial, mirror.says_more, 9, "that are locked")


@case("mirror-that-sends-too-much")
def mirror_that_sends_too_much(trial):
    fault_of_a_mirror(trial, mirror.sends_more, 9, "sends more than")


@case("mirror-that-sends-without-end")
def mirror_that_sends_without_end(trial):
    fault_of_a_mirror(trial, mirror.sends_without_end, 9, "sends more than")


@case("mirror-that-redirects-to-another-scheme")
def mirror_that_redirects_to_another_scheme(trial):
    fault_of_a_mirror(trial, mirror.redirects_to("file:///etc/hostname"), 5, "file")


@case("mirror-that-redirects-in-a-circle")
def mirror_that_redirects_in_a_circle(trial):
    circle = "/standin/pool/main/tool_1.0-1_amd64.deb"
    fault_of_a_mirror(trial, mirror.redirects_to(circle), 5, "redirects")


@case("mirror-that-refuses-connections")
def mirror_that_refuses_connections(trial):
    good = trial.mirrors
    trial.mirrors = ["standin=http://127.0.0.1:1/standin"]
    trial.fetch().expect(5, "tool 1.0-1", "http://127.0.0.1:1/standin")
    trial.mirrors += good
    trial.fetch().expect(0)


@case("mirror-url-that-is-none")
def mirror_url_that_is_none(trial):
    trial.mirrors = ["standin=ftp://127.0.0.1/standin"]
    trial.fetch().expect(2, "is no mirror")


@case("deb-with-a-wrong-digest")
def deb_with_a_wrong_digest(trial):
    fault_of_a_mirror(trial, mirror.other_bytes, 9, "other bytes than those locked")
