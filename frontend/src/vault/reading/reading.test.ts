import { expect, it } from "vitest";
import { NodeHttp } from "../nodeHttp.ts";
import { DOCTOR, PATIENT } from "../testing/fakeNode.ts";
import { KEPT_MAX, Reading } from "./reading.ts";

it("keeps what was seen within a bound, however many records are looked at", () => {
  const reading = new Reading(new NodeHttp(), { identity: () => "identity", older: () => [] });
  const asked = { patient: PATIENT.address, reader: DOCTOR.address, purpose: "TREAT" } as never;
  const seen = { descriptor: null, sizeBytes: 1, isPrivate: false, refusal: null };
  for (let at = 0; at <= KEPT_MAX; at++) {
    reading.keepSeen(asked, String(at), seen);
  }
  expect(reading.seen(asked, "0")).toBeNull();
  expect(reading.seen(asked, "1")).toEqual(seen);
});
