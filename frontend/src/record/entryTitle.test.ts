import { describe, expect, test } from "vitest";
import { describeFhir } from "../core/intake/fhirDescribe.ts";
import { type Clinical, clinicalOf } from "../i18n/clinical.ts";
import { shownName, shownTitle, type Titled } from "./entryTitle.ts";

const english = clinicalOf("en", "en-GB");
const korean = clinicalOf("ko", "ko-KR");
const SYSTEMS = {
  loinc: "http://loinc.org",
  snomed: "http://snomed.info/sct",
  rxnorm: "http://www.nlm.nih.gov/research/umls/rxnorm",
  cvx: "http://hl7.org/fhir/sid/cvx",
  dcm: "http://dicom.nema.org/resources/ontology/DCM",
} as const;
const loinc = (code: string, display?: string) => ({
  system: SYSTEMS.loinc,
  code,
  ...(display === undefined ? {} : { display }),
});
const titled = (fhirType: string | null, title: string, ...codes: Titled["codes"]): Titled => ({
  title,
  fhirType,
  codes,
});
const shown = (of: Titled) => [shownTitle(english, of), shownTitle(korean, of)];

describe("an entry's shown title", () => {
  test("is our word for its code, and its day in the person's language", () => {
    const of = titled("Observation", "Observation: Hemoglobin A1c, 2026-11-12", loinc("4548-4", "Hemoglobin A1c"));
    expect(shown(of)).toEqual([
      "HbA1c (long-term blood sugar), 12 November 2026",
      "당화혈색소(HbA1c), 2026년 11월 12일",
    ]);
    expect(shownName(korean, of)).toBe("당화혈색소(HbA1c)");
  });

  test("is the sealed name where the code has no word here: without the type, and as much of a day as is known", () => {
    const report = titled("DiagnosticReport", "Diagnostic report: Ferret panel, fasting, 2026-05", loinc("0-0"));
    expect(shown(report)).toEqual(["Ferret panel, fasting, May 2026", "Ferret panel, fasting, 2026년 5월"]);
    expect(shownTitle(english, titled("Condition", "Condition: 2026-05-03"))).toBe("2026-05-03");
    expect(shownTitle(english, titled("Condition", "Condition: Cough, 2026-13-41"))).toBe("Cough, 2026-13-41");
  });

  test("is the type where there is no name, in the person's language", () => {
    expect(shown(titled("Claim", "Claim, 2026-05-03"))).toEqual(["Claim, 3 May 2026", "청구, 2026년 5월 3일"]);
    expect(shown(titled("Patient", "Patient"))).toEqual(["Patient", "환자"]);
    expect(shownTitle(korean, titled("MeasureReport", "Measure report"))).toBe("Measure report");
  });

  test("keeps the type where the name alone would mislead", () => {
    const substance = titled("AllergyIntolerance", "Allergy intolerance: Penicillin V");
    expect(shown(substance)).toEqual(["Allergy or intolerance: Penicillin V", "알레르기 및 불내성: Penicillin V"]);
    const code = { system: SYSTEMS.snomed, code: "91936005", display: "Allergy to penicillin" };
    const allergy = titled("AllergyIntolerance", "Allergy intolerance: Allergy to penicillin", code);
    expect(shown(allergy)).toEqual(["Penicillin allergy", "페니실린 알레르기"]);
    const order = titled("ServiceRequest", "Service request: Hemoglobin", loinc("718-7", "Hemoglobin"));
    expect(shownTitle(english, order)).toBe("Order: Haemoglobin");
    expect(shownTitle(english, titled("Task", "Task: Colonoscopy, 2026-11-12"))).toBe(
      "Task: Colonoscopy, 12 November 2026",
    );
    expect(shownTitle(korean, titled("MedicationRequest", "Medication request: X"))).toMatch(/: X$/);
  });

  test("never leaves out what its author says beside a code", () => {
    const code = { system: SYSTEMS.snomed, code: "44054006", display: "Diabetes mellitus type 2" };
    const ruledOut = titled("Condition", "Condition: Diabetes type 2 ruled out", code);
    expect(shownTitle(english, ruledOut)).toBe("Type 2 diabetes · Diabetes type 2 ruled out");
    expect(shownTitle(korean, ruledOut)).toMatch(/ · Diabetes type 2 ruled out$/);
  });

  test("takes the word of no other code than the one whose name was sealed", () => {
    const own = { system: SYSTEMS.loinc, code: "0-0", display: "Cardiology consult" };
    const other = { system: SYSTEMS.loinc, code: "4548-4", display: "Hemoglobin A1c" };
    const letter = titled("DocumentReference", "Document reference: Cardiology consult", own, other);
    expect(shown(letter)).toEqual(["Cardiology consult", "Cardiology consult"]);
  });

  test.each([
    titled(null, "CT of the head, 2026-05-03"),
    titled(null, "Observation: a letter", loinc("4548-4")),
    titled("Observation", "My sugar before breakfast", loinc("4548-4")),
    titled("Observation", "Observations of a patient", loinc("4548-4")),
    titled("Observation", "Observation, fasting", loinc("4548-4")),
  ])("that a person gave, or of another file, stays: $title", (of) => {
    expect(shown(of)).toEqual([of.title, of.title]);
  });

  test("takes no code for one of another system", () => {
    const other = { system: "https://example.org/codes", code: "4548-4" };
    expect(shownTitle(english, titled("Observation", "Observation: X", other))).toBe("X");
    const proto = { system: "constructor", code: "name" };
    expect(shownTitle(english, titled("Observation", "Observation: X", proto, loinc("toString")))).toBe("X");
  });
});

const TABLE = Object.entries(SYSTEMS).flatMap(([name, system]) =>
  Object.keys(english.names[name as keyof typeof SYSTEMS]).map((code) => ({ system, code })),
);
const wordsOf = (t: Clinical, { system, code }: { system: string; code: string }) =>
  shownTitle(t, titled("Observation", "Observation: As it came", { system, code, display: "As it came" }));

describe("the table of names", () => {
  test("has every code in both languages, and each is found by its code", () => {
    expect(TABLE.length).toBeGreaterThan(150);
    for (const coded of TABLE) {
      for (const words of [wordsOf(english, coded), wordsOf(korean, coded)]) {
        expect(words, coded.code).not.toContain("As it came");
        expect(words.trim(), coded.code).not.toBe("");
      }
      expect(/\p{Script=Hangul}/u.test(wordsOf(korean, coded)), coded.code).toBe(true);
    }
  });

  test("no two codes of one system get the same name in one language and not in the other", () => {
    for (const system of Object.keys(SYSTEMS) as (keyof typeof SYSTEMS)[]) {
      const ofKorean: Readonly<Record<string, string>> = korean.names[system];
      const pairs = Object.entries(english.names[system]).map(([code, name]) => [name, ofKorean[code]] as const);
      const both = new Set(pairs.map((pair) => pair.join("|")));
      expect([new Set(pairs.map(([a]) => a)).size, new Set(pairs.map(([, b]) => b)).size]).toEqual([
        both.size,
        both.size,
      ]);
    }
  });
});

test("no title that the intake makes keeps the program's type before a name", () => {
  const made = ["Observation", "DiagnosticReport", "MedicationRequest", "AllergyIntolerance", "Encounter"].flatMap(
    (resourceType) =>
      [{}, { effectiveDateTime: "2026-05-03T12:00:00Z" }, { period: { start: "2026" } }].map((when) =>
        describeFhir({ resourceType, id: "1", code: { text: "A name: with, all sorts" }, ...when }, null),
      ),
  );
  for (const descriptor of made) {
    for (const t of [english, korean]) {
      const words = shownTitle(t, descriptor);
      expect(words).toContain("A name: with, all sorts");
      expect(words.startsWith(descriptor.title.split(":")[0] ?? "")).toBe(false);
      expect(words).not.toContain("2026-05-03");
    }
  }
});
