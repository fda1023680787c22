"""A letter as plain text, and the same as a one-page PDF 1.4 written by hand."""

from __future__ import annotations

from deploy.sample_data.history import Scan
from deploy.sample_data.people import Person


def make_letter(person: Person, scan: Scan) -> str:
    """Returns a discharge letter of a few lines."""
    pressure = "Blood pressure is treated." if person.is_hypertensive else "Blood pressure is normal."
    sugar = "Diabetes is treated with tablets." if person.is_diabetic else "No sign of diabetes."
    return "\n".join(
        [
            "Sampleton Practice",
            "",
            f"About {person.given_name} {person.family_name}, born {person.birth_date.isoformat()}",
            f"Seen on {scan.day.isoformat()}",
            "",
            "Dear colleague,",
            "",
            "thank you for the referral. The CT of the head is without finding.",
            f"{pressure} {sugar}",
            "We see no need for further tests and suggest a check-up in six months.",
            "",
            "This letter is synthetic: nobody in it exists.",
            "",
        ]
    )


def make_pdf(text: str) -> bytes:
    """Returns ``text`` (ASCII lines) on one A4 page (ISO 32000-1, sections 7.5 and 9.4)."""
    shown = "".join(f"({_escape(line)}) Tj T*\n" for line in text.splitlines())
    content = f"BT /F1 11 Tf 15 TL 72 770 Td\n{shown}ET\n".encode("ascii")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] "
        b"/Resources << /Font << /F1 4 0 R >> >> /Contents 5 0 R >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Length %d >>\nstream\n%sendstream" % (len(content), content),
    ]
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table_at = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table_at)
    return bytes(out)


def _escape(line: str) -> str:
    return line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
