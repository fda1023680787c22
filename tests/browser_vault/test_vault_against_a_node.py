"""The vault in its worker against a real node and chain: read there and in Python, reloads, refusals, two tabs."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from playwright.sync_api import Route

from mendrec.domain.descriptor import Descriptor
from mendrec.services.key_release import Reader
from tests.browser_vault.windows import Bench, Window

_BIG_BYTES = 20 * 1024**2


def _items() -> list[dict[str, Any]]:
    return [
        {"title": "Blood count", "categoryCode": "laboratory", "sizeBytes": 1, "fill": 1},
        {"title": "Scan", "categoryCode": "imaging", "sizeBytes": _BIG_BYTES, "fill": 2},
        {"title": "Nothing in it", "categoryCode": "laboratory", "sizeBytes": 0, "fill": 0},
    ]


def _upload(window: Window, key: str, **changed: Any) -> dict[str, Any]:
    said = {"trust": window.asked["trust"], "patient": window.asked["patient"], "author": window.person.address}
    return {**said, "ownRecipient": None, "private": False, "key": key, "csrfToken": window.csrf_token, **changed}


def _unlock(bench: Bench, window: Window) -> None:
    person = window.person
    window.call("restore", bench.backup_hex(person), person.address, person.identity.recipient)
    window.signed.clear()


def test_a_doctor_seals_in_the_browser_and_both_read_it_there_and_in_python(bench: Bench, tmp_path: Path) -> None:
    with bench.window("gp") as gp:
        _unlock(bench, gp)
        done = gp.call("upload", _upload(gp, "first"), _items())
        assert gp.signed == ["RecordManifest"] * 3 + ["AddBatches"]
        gp.signed.clear()
        listed = gp.call("list", gp.asked)
        mine = [one for one in listed if one["sequence"] in {place["sequence"] for place in done["records"]}]
        assert sorted(one["descriptor"]["title"] for one in mine) == ["Blood count", "Nothing in it", "Scan"]
        opened = gp.call("open", gp.asked, mine)
        assert gp.signed == ["ReleaseRequest", "ReleaseRequest"]
        expected = {one["title"]: bytes([one["fill"]]) * one["sizeBytes"] for one in _items()}
        assert {one["title"]: one["sha256Hex"] for one in opened} == {
            title: hashlib.sha256(content).hexdigest() for title, content in expected.items()
        }
        assert {"seal", "sign_manifest", "send", "sign_entry", "anchor"} <= set(gp.tell("steps"))
        assert gp.call("unfinished", gp.person.address) == []
        assert gp.violations == []
    patient = bench.served.world.people["patient"]
    with bench.served.client("patient") as client:
        reader = Reader(patient.wallet, patient.identity)
        found = {
            one.descriptor.title: one.record
            for one in client.records.list_records(patient.address, reader)
            if isinstance(one.descriptor, Descriptor)
        }
        for title, content in expected.items():
            client.records.open_record(found[title], reader, tmp_path / "opened")
            assert (tmp_path / "opened").read_bytes() == content
    with bench.window("patient") as window:
        _unlock(bench, window)
        listed = window.call("list", window.asked)
        assert len(window.call("open", window.asked, listed)) == len(listed)
        for record in listed:
            checked = window.tell("verify", window.asked, record)
            assert checked["outcome"].get("error") is None, checked
            assert set(checked["states"].values()) == {"holds"}
        assert window.signed == []
        assert window.violations == []


def test_an_upload_goes_on_after_a_reload(bench: Bench) -> None:
    with bench.window("gp") as gp:
        _unlock(bench, gp)
        puts: list[str] = []

        def break_off(route: Route) -> None:
            puts.append(route.request.url)
            if len(puts) > 1:
                route.abort()
            else:
                route.continue_()

        gp.context.route("**/v1/uploads/*/objects/*", break_off)
        said = [
            _upload(gp, "second"),
            [{"title": "Long", "categoryCode": "imaging", "sizeBytes": _BIG_BYTES, "fill": 5}],
        ]
        gp.page.evaluate("([asked, made]) => { window.vaultCalls.upload(asked, made); }", said)
        gp.page.wait_for_timeout(100)
        while len(puts) < 2:
            gp.page.wait_for_timeout(50)
        gp.reload()
        gp.context.unroute("**/v1/uploads/*/objects/*")
        assert gp.call("resume", gp.person.address, gp.person.identity.recipient) is True
        [unfinished] = gp.call("unfinished", gp.person.address)
        assert (unfinished["titles"], unfinished["sealed"], unfinished["total"]) == (["Long"], 1, 1)
        gp.signed.clear()
        done = gp.call("resumeUpload", "second", gp.person.address, gp.csrf_token)
        assert gp.signed == ["AddRecord"]
        assert done["records"][0]["leafIndex"] is None
        assert gp.call("unfinished", gp.person.address) == []
        assert gp.page.evaluate("() => localStorage.length") == 0


def test_what_is_cancelled_leaves_nothing_and_what_is_refused_can_go_on(bench: Bench) -> None:
    made = [{"title": "Kept", "categoryCode": "laboratory", "sizeBytes": 10, "fill": 1}]
    with bench.window("gp") as gp:
        _unlock(bench, gp)
        gp.refuse.add("AddRecord")
        assert gp.fails("upload", _upload(gp, "third"), made)
        gp.refuse.clear()
        assert len(gp.call("unfinished", gp.person.address)) == 1
        gp.call("discard", "third")
        assert gp.call("unfinished", gp.person.address) == []
        assert gp.fails("resumeUpload", "third", gp.person.address, gp.csrf_token) == "not_found.upload"
        size = gp.page.evaluate(
            """async () => {
                const top = await navigator.storage.getDirectory();
                const uploads = await top.getDirectoryHandle("mendrec-uploads");
                let count = 0;
                for await (const _name of uploads.keys()) count += 1;
                return count;
            }"""
        )
        assert size == 0


def test_two_tabs_share_the_lock_and_do_not_upload_the_same_twice(bench: Bench) -> None:
    with bench.window("gp") as one:
        _unlock(bench, one)
        other = bench.open_page(one.context, one.person)
        assert other.call("resume", one.person.address, one.person.identity.recipient) is True
        one.call("lock")
        assert other.call("recipient") is None
        assert other.call("resume", one.person.address, one.person.identity.recipient) is False
