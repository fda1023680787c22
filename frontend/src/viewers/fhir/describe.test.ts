import { expect, describe as group, test } from "vitest";
import { nameOfCodes } from "../../i18n/clinical.ts";
import { collectSeries } from "../series/collectSeries.ts";
import { groupsOf, withReferences } from "./bundle.ts";
import { contextOf } from "./context.ts";
import { describe } from "./describe.ts";
import { embeddedBlob, embeddedIn } from "./embedded.ts";
import { narrativeText } from "./narrative.ts";
import { parseFhir } from "./parseFhir.ts";
import { field, objectOf } from "./read.ts";
import { words } from "./words.en.ts";
import { words as korean } from "./words.ko.ts";

const english = contextOf(words, "en-GB");
const viewOf = (resource: object) => describe({ ...resource }, english);
const factsOf = (resource: object) => Object.fromEntries(viewOf(resource).facts.map(({ key, lines }) => [key, lines]));
const quantity = (value: number, unit: string) => ({ value, unit });

const A1C = {
  resourceType: "Observation",
  status: "final",
  code: { coding: [{ system: "http://loinc.org", code: "4548-4", display: "Hemoglobin A1c" }], text: "HbA1c" },
  effectiveDateTime: "2026-10-03",
  valueQuantity: quantity(6.8, "%"),
  referenceRange: [{ low: quantity(4, "%"), high: quantity(5.6, "%") }],
};

group("a resource in words", () => {
  test("an observation: its value first, its range, and that it is outside of it", () => {
    const view = viewOf(A1C);
    expect(view).toMatchObject({
      title: "HbA1c (long-term blood sugar)",
      date: "3 October 2026",
      value: { text: "6.8%", outside: "above" },
    });
    expect(factsOf(A1C)).toMatchObject({
      code: ["HbA1c (long-term blood sugar) · HbA1c", "LOINC 4548-4"],
      referenceRange: ["4 – 5.6%"],
    });
  });

  test("a code has the same name as in the list of entries, and its author's own words beside it", () => {
    const written = { ...A1C, code: { ...A1C.code, text: "Long-term sugar, capillary" } };
    const inKorean = describe(written, contextOf(korean, "ko-KR"));
    expect(inKorean.title).toBe("당화혈색소(HbA1c)");
    expect(inKorean.facts[0]?.lines).toEqual(["당화혈색소(HbA1c) · Long-term sugar, capillary", "LOINC 4548-4"]);
    const [series] = collectSeries([{ resource: written, source: "" }], (codes) => nameOfCodes(words, codes));
    expect(series?.title).toBe(viewOf(written).title);
    const bare = { ...A1C, code: { coding: [{ system: "http://loinc.org", code: "4548-4" }] } };
    expect(factsOf(bare)).toMatchObject({ code: ["HbA1c (long-term blood sugar)", "LOINC 4548-4"] });
    const same = {
      ...A1C,
      code: { coding: [{ system: "http://loinc.org", code: "8480-6", display: "SYSTOLIC Blood Pressure" }] },
    };
    expect(factsOf(same)).toMatchObject({ code: ["Systolic blood pressure", "LOINC 8480-6"] });
  });

  test("a number keeps the spelling that its author gave it, where the browser tells it", () => {
    const context = contextOf(words, "en-GB", (_holder, key) => (key === "value" ? "6.80" : null));
    expect(describe(A1C, context).value?.text).toBe("6.80%");
    expect(describe({ resourceType: "Observation", valueInteger: 3 }, context).value?.text).toBe("3");
  });

  test("small values are not rounded away", () => {
    expect(viewOf({ ...A1C, valueQuantity: quantity(0.00012, "mg") }).value?.text).toBe("0.00012 mg");
  });

  test("the author's judgement counts more than the numbers, and a limit in another unit is none", () => {
    const normal = { ...A1C, interpretation: [{ coding: [{ code: "N" }] }] };
    expect(viewOf(normal).value?.outside).toBeNull();
    expect(viewOf({ ...A1C, referenceRange: [{ high: quantity(5, "mmol/L") }] }).value?.outside).toBeNull();
  });

  test("blood pressure: components are a table, each judged by its own range", () => {
    const component = [
      {
        code: { text: "Systolic" },
        valueQuantity: quantity(148, "mm[Hg]"),
        referenceRange: [{ high: quantity(140, "mmHg") }],
      },
      { code: { text: "Diastolic" }, valueQuantity: quantity(80, "mm[Hg]") },
    ];
    const [table] = viewOf({ resourceType: "Observation", code: { text: "BP" }, component }).tables;
    expect(table?.columns.map((one) => one.id)).toEqual(["code", "value", "referenceRange"]);
    expect(table?.rows[0]?.[1]).toEqual({ lines: ["148 mmHg"], outside: "above" });
    expect(table?.rows[1]?.[1]).toEqual({ lines: ["80 mmHg"], outside: null });
  });

  test("a dosage, a dispense, an order not to", () => {
    const order = {
      resourceType: "MedicationRequest",
      doNotPerform: true,
      medicationCodeableConcept: { text: "Metformin" },
      dosageInstruction: [
        {
          timing: { repeat: { frequency: 2, period: 1, periodUnit: "d" } },
          asNeededBoolean: true,
          doseAndRate: [{ doseQuantity: quantity(500, "mg") }],
        },
      ],
    };
    expect(factsOf(order)).toMatchObject({ dosageInstruction: ["500 mg, 2 × per day, when needed"] });
    expect(viewOf(order)).toMatchObject({ title: "Metformin", warnings: ["doNotPerform"] });
  });

  test("what was entered in error is said to be so, wherever it says it", () => {
    const verificationStatus = { coding: [{ code: "entered-in-error" }] };
    expect(viewOf({ resourceType: "Condition", verificationStatus }).warnings).toEqual(["enteredInError"]);
    expect(viewOf({ ...A1C, status: "entered-in-error" })).toMatchObject({
      warnings: ["enteredInError"],
      status: { tone: "bad", text: "entered in error" },
    });
  });

  test("a day stays the day that was written, and a month a month", () => {
    const born = (birthDate: string) => factsOf({ resourceType: "Patient", birthDate }).birthDate;
    expect(born("1988-03-01")).toEqual(["1 March 1988"]);
    expect(born("1988-03")).toEqual(["March 1988"]);
    expect(born("1988-02-31")).toEqual(["1988-02-31"]);
  });

  test("a Korean name is written as Koreans write it", () => {
    expect(viewOf({ resourceType: "Patient", name: [{ family: "김", given: ["하나"] }] }).title).toBe("김하나");
  });

  test("both languages have words for the same things", () => {
    for (const part of ["types", "labels", "codes"] as const) {
      expect(Object.keys(korean[part]).sort()).toEqual(Object.keys(words[part]).sort());
    }
  });
});

group("references", () => {
  test("mean the title of what is in the same file; two that mean each other end", () => {
    const bundle = {
      resourceType: "Bundle",
      entry: [
        { fullUrl: "urn:uuid:1", resource: { resourceType: "Encounter", id: "a", type: [{ text: "Check-up" }] } },
        { resource: { resourceType: "Basic", id: "x", code: { reference: "Basic/y" } } },
        { resource: { resourceType: "Basic", id: "y", code: { reference: "Basic/x" } } },
        { resource: 5 },
      ],
    };
    const context = withReferences(bundle, english);
    expect(context.resolve("urn:uuid:1")).toBe("Check-up");
    expect(context.resolve("Encounter/a/_history/2")).toBe("Check-up");
    expect(context.resolve("Basic/x")).toBe("Basic");
    expect(groupsOf(bundle, english)).toMatchObject({
      unreadable: 1,
      groups: [{ type: "Basic" }, { type: "Encounter" }],
    });
  });

  test("lead to the entry that they mean: by its title, or as their author called it", () => {
    const entry = { title: "Potassium, 3 May 2026", from: null, href: "/record/5.1", open: () => undefined };
    const isListed = (reference: string) => ["Observation/k", "#s"].includes(reference);
    const context = contextOf(words, "en-GB", undefined, (reference) => (isListed(reference) ? entry : null));
    const report = {
      resourceType: "DiagnosticReport",
      contained: [{ resourceType: "Specimen", id: "s", type: { text: "Blood" } }],
      specimen: [{ reference: "#s" }],
      result: [
        { reference: "Observation/k" },
        { reference: "Observation/k", display: "K\u202e+" },
        { reference: "Observation/elsewhere" },
        { reference: "urn:uuid:elsewhere" },
      ],
      subject: { reference: "Patient/1" },
      encounter: { reference: "Encounter/9", display: "Ward round" },
      basedOn: [{ type: "ServiceRequest", identifier: { value: "77" } }],
    };
    const { facts } = describe(report, withReferences(report, context));
    expect(Object.fromEntries(facts.map(({ key, lines }) => [key, lines]))).toMatchObject({
      specimen: ["Blood"],
      result: [
        { text: "Potassium, 3 May 2026", entry },
        { text: "K\u202e+", entry },
        "Measurement (not among what is shown here)",
        "An entry that is not shown here",
      ],
      subject: ["Patient"],
      encounter: ["Ward round"],
      basedOn: ["Order 77"],
    });
  });

  test("to elsewhere are words, never addresses to follow", () => {
    const subject = { reference: "https://evil.example/fhir/Patient/1" };
    expect(factsOf({ ...A1C, subject })).toMatchObject({ subject: ["Patient"] });
  });
});

group("hostile input", () => {
  const junk = [
    null,
    0,
    Number.NaN,
    "",
    "x",
    true,
    [],
    {},
    [[]],
    [null],
    { coding: 1 },
    { coding: [null] },
    { value: {} },
  ];
  test("names, codes, charts: what turns text around is named wherever a stranger's word stands", () => {
    const turned = "5\u202e gm";
    const view = viewOf({ resourceType: `X${turned}`, status: turned, [`k${turned}`]: "v" });
    expect([view.typeName, view.status?.text, ...view.facts.map((one) => one.label)].join("")).not.toContain("\u202e");
    const valueQuantity = { value: 5, unit: turned };
    const measured = {
      resourceType: "Observation",
      code: { text: turned },
      effectiveDateTime: "2026-01-01",
      valueQuantity,
    };
    const [series] = collectSeries([{ resource: measured, source: "" }]);
    expect([series?.title, series?.unit, series?.lines[0]?.title]).toEqual(Array(3).fill("5⟨U+202E⟩ gm"));
  });

  test("a resource of a hundred thousand elements is told in part, and says that there is more", () => {
    const many = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`k${i}`, "v"]));
    const view = viewOf({ resourceType: "Basic", ...many });
    expect(view.facts.length).toBeLessThan(500);
    expect(view.hasMore).toBe(true);
  });

  const keys = ["status", "code", "name", "valueQuantity", "component", "referenceRange", "effectiveDateTime", "note"];

  test("no shape of any element makes it throw", () => {
    for (const type of ["Observation", "Patient", "Bundle", "constructor", "__proto__"]) {
      for (const key of [...keys, "dosageInstruction", "identifier", "entry", "contained", "text", "presentedForm"]) {
        for (const value of [
          ...junk,
          ...junk.map((one) => [one]),
          ...junk.map((one) => ({ text: one, coding: [one] })),
        ]) {
          const resource = { resourceType: type, [key]: value };
          expect(() => describe(resource, withReferences(resource, english))).not.toThrow();
        }
      }
    }
  });

  test("names of the language's own are data like any other", () => {
    const { resource } = parseFhir(
      '{"resourceType":"Basic","__proto__":{"polluted":1},"constructor":"x","status":"toString"}',
    );
    expect(describe(resource, english).status?.text).toBe("toString");
    expect(field({}, "constructor")).toBeUndefined();
    expect(Object.hasOwn({}, "polluted")).toBe(false);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  test("a nesting that a reader can't follow is shown or refused, never a crash", () => {
    const deep = `{"resourceType":"Basic","x":${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
    const read = () => describe(parseFhir(deep).resource, english);
    try {
      expect(read().title).toBe("Basic");
    } catch (error) {
      expect(error).toMatchObject({ name: "CannotShowError", trouble: "damaged" });
    }
  });

  test("what is no FHIR is refused as damaged", () => {
    for (const text of ["", "{", "[]", "null", '"x"', '{"resourceType":5}', "{}", "x".repeat(10_000_000)]) {
      expect(() => parseFhir(text)).toThrow(expect.objectContaining({ trouble: "damaged" }));
    }
  });

  test("a narrative is words without its markup", () => {
    expect(
      narrativeText('<div><p>A &lt;b&gt; &#xAC00;</p><script>alert(1)</script><img src=x onerror="alert(2)"></div>'),
    ).toBe("A <b> 가\nalert(1)");
    expect(narrativeText("<<b>script>&#99999999;&#x110000;")).toBe("script>&#99999999;&#x110000;");
    expect(narrativeText("<table><tr><td>a</td><td>b</td></tr> <tr> <td>c </td></tr></table>")).toBe("a  b\nc");
  });

  test("no narrative holds the page up", () => {
    for (const part of ["<br ", "</td>", "</td ", "</td> x", "&nbsp;", " <", "<br> ", "&#32;", "&"]) {
      const began = performance.now();
      narrativeText(part.repeat(200_000 / part.length));
      expect(performance.now() - began, part).toBeLessThan(1_000);
    }
  });

  test("a file inside of a resource has no type that runs", () => {
    expect(embeddedBlob({ data: btoa("<script>") }).type).toBe("application/octet-stream");
    const [file] = embeddedIn({ presentedForm: [{ contentType: "text/html", data: btoa("<script>") }] });
    expect(file === undefined ? "" : embeddedBlob(file).type).toBe("application/octet-stream");
  });

  test("a long list is left to the tree, and said to be there", () => {
    const many = {
      resourceType: "Basic",
      code: { text: "x" },
      note: Array.from({ length: 5_000 }, () => ({ text: "n" })),
    };
    expect(viewOf(many).hasMore).toBe(true);
    expect(objectOf(many)).not.toBeNull();
  });
});
