"""The viewers in a real browser, under the node's content security policy: what they show, refuse and never run."""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.pixels import get_decoder

from tests.browser.axe import require_accessible
from tests.browser.viewer_page import ViewerPage, viewer_page
from tests.browser.visiting import PHONE, WIDE, ColorScheme

FHIR = "application/fhir+json"
DICOM = "application/dicom"
HOSTILE = '<script>alert(1)</script><img src=x onerror="alert(2)">'
NATIVE_AND_RLE = [
    "CT_small.dcm",
    "MR_small.dcm",
    "MR_small_RLE.dcm",
    "MR_small_bigendian.dcm",
    "MR_small_implicit.dcm",
    "SC_rgb_rle_2frame.dcm",
    "SC_rgb_small_odd.dcm",
    "liver_1frame.dcm",
    "rtdose_rle.dcm",
]
"""Files that pydicom reads without any other program, with the kinds of samples that it has."""


def observation(at: str, value: str, **more: Any) -> bytes:
    """A laboratory value; the number stays as it is written."""
    told = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "4548-4"}], "text": "HbA1c"},
        "effectiveDateTime": at,
        "valueQuantity": {"value": "VALUE", "unit": "%"},
        "referenceRange": [{"low": {"value": 4, "unit": "%"}, "high": {"value": 5.6, "unit": "%"}}],
        **more,
    }
    return json.dumps(told).replace('"VALUE"', value).encode()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ViewerPage]:
    with viewer_page(tmp_path_factory.mktemp("viewers") / "dist") as served:
        yield served


@pytest.fixture
def looks() -> tuple[ViewportSize, ColorScheme]:
    return WIDE, "light"


@pytest.fixture
def page(browser: Browser, looks: tuple[ViewportSize, ColorScheme]) -> Iterator[Page]:
    """A window in which no script of a file runs, nothing breaks the policy and nothing fails unseen."""
    viewport, scheme = looks
    context = browser.new_context(
        viewport=viewport,
        color_scheme=scheme,
        locale="en-GB",
        timezone_id="America/Los_Angeles",
        reduced_motion="reduce",
    )
    context.set_default_timeout(20_000)
    opened = context.new_page()
    trouble: list[str] = []
    opened.on("dialog", lambda dialog: (trouble.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    opened.on("pageerror", lambda error: trouble.append(f"error: {error}"))
    opened.on(
        "console",
        lambda message: trouble.append(message.text) if "Content Security Policy" in message.text else None,
    )
    yield opened
    context.close()
    assert trouble == []


@pytest.mark.parametrize("looks", [(WIDE, "light"), (PHONE, "dark")], ids=["wide-light", "phone-dark"])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_measurement_is_a_value_a_range_and_a_chart(site: ViewerPage, page: Page, language: str) -> None:
    site.files["new"] = observation("2026-10-03", "6.80", note=[{"text": HOSTILE}])
    site.files["old"] = observation("2025-10-03", "5.4")
    page.goto(site.address("new", FHIR, title="HbA1c", lang=language, related="old"))
    expect(page.get_by_text("6.80%")).to_be_visible()
    expect(page.get_by_text(HOSTILE)).to_be_visible()
    chart = page.get_by_role("application")
    expect(chart).to_be_visible()
    chart.press("End")
    outside = "outside the reference range" if language == "en" else "참고 범위를 벗어남"
    expect(page.locator(".series-said")).to_contain_text(outside)
    expect(page.locator(".series-said")).to_contain_text("3 October 2026" if language == "en" else "2026년 10월 3일")
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), "nothing is wider than the screen"
    require_accessible(page)


def test_markup_of_a_stranger_stays_words(site: ViewerPage, page: Page) -> None:
    site.files["x"] = observation(
        "2026-10-03", "5", text={"div": f"<div><p>Hello</p>{HOSTILE}</div>"}, code={"text": HOSTILE}
    )
    site.files["svg"] = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(3)"><script>alert(4)</script></svg>'
    page.goto(site.address("x", FHIR))
    page.get_by_text("Summary as its author wrote it").click()
    expect(page.get_by_text("Hello")).to_be_visible()
    page.get_by_text("Everything in this file").click()
    assert page.locator("main img, main script").count() == 0
    page.goto(site.address("svg", "image/svg+xml"))
    expect(page.locator("pre")).to_contain_text("onload")


@pytest.mark.parametrize(
    ("media", "content"),
    [
        (FHIR, b'{"resourceType":'),
        (FHIR, b"\x00" * 10_000_000),
        (DICOM, b"\xff" * 5_000),
        ("application/pdf", b"MZ this is a program"),
        ("image/png", b"not a picture"),
        ("image/png", b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR" + struct.pack(">II", 60_000, 60_000) + bytes(9)),
    ],
    ids=["fhir", "junk", "dicom", "pdf", "png", "png-of-gigabytes"],
)
def test_what_is_damaged_is_said_to_be_and_can_be_saved(
    site: ViewerPage, page: Page, media: str, content: bytes
) -> None:
    site.files["x"] = content
    page.goto(site.address("x", media, name="../../evil\u202egpj.exe", title="X"))
    expect(page.get_by_role("alert")).to_contain_text("be shown")
    require_accessible(page)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Save a copy").click()
    saved = waiting.value
    assert not set("/\u202e") & set(saved.suggested_filename)
    assert Path(saved.path()).read_bytes() == content


@pytest.mark.parametrize("syntax", ["1.2.840.10008.1.2.4.51", "1.2.840.10008.1.2.4.57", "1.2.840.10008.1.2.4.70"])
def test_an_image_that_no_browser_reads_is_said_to_be_and_can_be_saved(
    site: ViewerPage, page: Page, syntax: str
) -> None:
    """A JPEG of twelve bits, and the same file as if it were one of the lossless kinds."""
    path = get_testdata_file("JPEG-lossy.dcm")
    content = Path(path).read_bytes().replace(b"1.2.840.10008.1.2.4.51", syntax.encode())
    site.files["x"] = content
    page.goto(site.address("x", DICOM, name="x.dcm", title="X"))
    expect(page.get_by_role("alert")).to_contain_text("of a kind that can\u2019t be shown here")
    require_accessible(page)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Save a copy").click()
    assert Path(waiting.value.path()).read_bytes() == content


@pytest.mark.parametrize("name", NATIVE_AND_RLE)
def test_the_pixels_are_those_that_pydicom_reads(site: ViewerPage, page: Page, name: str) -> None:
    path = get_testdata_file(name)
    site.files[name] = Path(path).read_bytes()
    page.goto(site.address("none", "application/octet-stream"))
    data = dcmread(path)
    for index in range(int(data.get("NumberOfFrames", 1))):
        shown = page.evaluate("([name, index]) => decodeDicom(name, index)", [name, index])
        read = base64.b64decode(shown["data"])
        expected = samples_of(path, index)
        if shown["kind"] == "grey":
            assert [one & 0xFFFFFFFF for one in struct.unpack(f"<{len(read) // 4}i", read)] == [
                one & 0xFFFFFFFF for one in expected
            ]
        else:
            assert list(chain.from_iterable(zip(read[0::4], read[1::4], read[2::4], strict=True))) == expected


@pytest.mark.parametrize("name", ["MR_small_jpeg_ls_lossless.dcm", "MR_small_jp2klossless.dcm"])
def test_a_lossless_copy_has_the_pixels_of_the_original(site: ViewerPage, page: Page, name: str) -> None:
    site.files[name] = Path(get_testdata_file(name)).read_bytes()
    page.goto(site.address("none", "application/octet-stream"))
    shown = page.evaluate("([name]) => decodeDicom(name, 0)", [name])
    read = base64.b64decode(shown["data"])
    assert list(struct.unpack(f"<{len(read) // 4}i", read)) == samples_of(get_testdata_file("MR_small.dcm"), 0)


@pytest.mark.parametrize("name", ["SC_rgb_dcmtk_+eb+cr.dcm", "SC_rgb_jpeg_dcmtk.dcm"])
def test_colours_of_a_jpeg_are_read_as_the_file_says(site: ViewerPage, page: Page, name: str) -> None:
    """The picture is one of bars, the first of them red; wrong colours are far off, the losses of JPEG small."""
    site.files[name] = Path(get_testdata_file(name)).read_bytes()
    page.goto(site.address("none", "application/octet-stream"))
    read = base64.b64decode(page.evaluate("([name]) => decodeDicom(name, 0)", [name])["data"])
    red, green, blue, whole = read[:4]
    assert (red > 240, green < 15, blue < 15, whole) == (True, True, True, 255)


@pytest.mark.parametrize("looks", [(WIDE, "light"), (PHONE, "dark")], ids=["wide-light", "phone-dark"])
def test_an_image_is_changed_by_keys_fields_and_dragging(site: ViewerPage, page: Page) -> None:
    site.files["ct"] = Path(get_testdata_file("CT_small.dcm")).read_bytes()
    page.goto(site.address("ct", DICOM, title="CT"))
    stage = page.get_by_role("application")
    width = page.get_by_label("Width", exact=True)
    expect(stage).to_be_visible()
    before = picture(page)
    opened = width.input_value()
    stage.press("ArrowLeft")
    expect(width).not_to_have_value(opened)
    narrowed = picture(page)
    assert narrowed != before
    page.get_by_role("button", name="Reset").click()
    expect(width).to_have_value(opened)
    assert picture(page) == before
    stage.drag_to(stage, source_position={"x": 60, "y": 60}, target_position={"x": 120, "y": 100})
    expect(width).not_to_have_value(opened)
    width.fill("400")
    page.get_by_label("Centre", exact=True).fill("40")
    expect(page.get_by_role("button", name="Soft tissue")).to_be_visible()
    page.get_by_text("What the file says of the image").click()
    page.get_by_role("searchbox").fill("rescale slope")
    expect(page.get_by_role("cell", name="Rescale Slope")).to_be_visible()
    expect(page.get_by_role("row")).to_have_count(2)
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), "nothing is wider than the screen"
    require_accessible(page)


def test_frames_are_gone_through(site: ViewerPage, page: Page) -> None:
    site.files["film"] = Path(get_testdata_file("SC_rgb_rle_2frame.dcm")).read_bytes()
    page.goto(site.address("film", DICOM))
    page.get_by_role("application").press("PageDown")
    expect(page.get_by_text("2 of 2", exact=True)).to_be_visible()
    page.get_by_role("slider").fill("0")
    expect(page.get_by_text("1 of 2", exact=True)).to_be_visible()
    require_accessible(page)


@pytest.mark.parametrize("own", [True, False], ids=["browser's viewer", "drawn"])
def test_a_pdf_is_shown_with_and_without_a_viewer_of_the_browsers(site: ViewerPage, page: Page, own: bool) -> None:
    site.files["pdf"] = a_pdf("Discharge letter")
    if not own:
        page.add_init_script("Object.defineProperty(navigator, 'pdfViewerEnabled', {get: () => false})")
    page.goto(site.address("pdf", "application/pdf", title="Letter"))
    if own:
        expect(page.locator("iframe[title=Letter]")).to_be_visible()
        return
    expect(page.get_by_role("img", name="Page 1 of 1")).to_be_visible()
    expect(page.locator("figcaption")).to_have_text("Discharge letter")
    drawn = "document.querySelector('canvas').getContext('2d').getImageData(0, 0, 999, 999).data.buffer"
    assert page.evaluate(f"() => new Uint32Array({drawn}).includes(0xff000000)"), "there is black on the page"
    require_accessible(page)


def test_text_and_tables_show_what_is_hidden_in_them(site: ViewerPage, page: Page) -> None:
    site.files["txt"] = "혈압 기록\u202e".encode()
    site.files["kr"] = "혈압 기록입니다".encode("euc-kr")
    site.files["csv"] = b"date,value\n" + b"2026-01-01,1\n" * 700
    page.goto(site.address("txt", "text/plain"))
    expect(page.locator("pre mark")).to_have_text("U+202E")
    page.goto(site.address("kr", "text/plain"))
    expect(page.locator("pre")).to_have_text("혈압 기록입니다")
    require_accessible(page)
    page.goto(site.address("csv", "text/csv"))
    expect(page.get_by_role("columnheader")).to_have_text(["date", "value"])
    expect(page.get_by_text("The first 500 of 700 rows")).to_be_visible()
    require_accessible(page)


def picture(page: Page) -> str:
    """What is drawn."""
    page.wait_for_timeout(100)
    return str(page.evaluate("() => document.querySelector('canvas').toDataURL()"))


def samples_of(path: str, index: int) -> list[int]:
    """A frame's stored values as pydicom reads them, pixel by pixel."""
    data = dcmread(path)
    decoder = get_decoder(data.file_meta.TransferSyntaxUID)
    buffer, how = decoder.as_buffer(data, index=index, raw=True)
    if how["bits_allocated"] == 1:
        count = data.Rows * data.Columns
        return [(buffer[at >> 3] >> (at & 7)) & 1 for at in range(count)]
    size = {8: "b", 16: "h", 32: "i"}[how["bits_allocated"]]
    code = size if how["pixel_representation"] == 1 else size.upper()
    order = "<" if data.file_meta.TransferSyntaxUID.is_little_endian else ">"
    count = data.Rows * data.Columns * how["samples_per_pixel"]
    values = list(struct.unpack(f"{order}{count}{code}", bytes(buffer)[: count * how["bits_allocated"] // 8]))
    if how["samples_per_pixel"] == 3 and how.get("planar_configuration") == 1:
        third = count // 3
        values = list(
            chain.from_iterable(zip(values[:third], values[third : 2 * third], values[2 * third :], strict=True))
        )
    return values


def a_pdf(words: str) -> bytes:
    """One page with words on it."""
    drawn = f"BT /F 24 Tf 40 400 Td ({words}) Tj ET"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 500] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>",
        f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out = "%PDF-1.4\n"
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    tail = (
        f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer << /Size {len(objects) + 1} /Root 1 0 R >>\n"
    )
    return (out + tail + f"startxref\n{len(out)}\n%%EOF").encode()
