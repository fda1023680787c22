import { expect, it } from "vitest";
import { pageOf } from "./pageOf.ts";

it.each([
  ["/record/12.3", "/record"],
  ["/record", "/record"],
  ["/private/1", "/private"],
  ["/patients/0x12/7", "/patients/0x12"],
  ["/patients/0x12", "/patients/0x12"],
  ["/patients", "/patients"],
  ["/recording/1", "/recording/1"],
  ["/institution/staff", "/institution/staff"],
])("%s is on the page %s", (pathname, page) => expect(pageOf(pathname)).toBe(page));
