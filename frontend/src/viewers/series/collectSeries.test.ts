import { describe, expect, test } from "vitest";
import { outsideOf } from "../fhir/outside.ts";
import { collectSeries } from "./collectSeries.ts";
import { extentsOf, linear, roundTicks, timeTicks } from "./scale.ts";

const observation = (at: string, value: number, extra: object = {}) => ({
  resourceType: "Observation",
  status: "final",
  code: { coding: [{ system: "http://loinc.org", code: "4548-4", display: "HbA1c" }] },
  effectiveDateTime: at,
  valueQuantity: { value, unit: "%" },
  ...extra,
});
const sourced = (...resources: unknown[]) => resources.map((resource, i) => ({ resource, source: String(i) }));

describe("collectSeries", () => {
  test("values of one code and unit are one series in order of time, whatever order they come in", () => {
    const [series, ...others] = collectSeries(
      sourced(observation("2026-03-01", 6.4), observation("2025-01-01", 7.1), observation("2025-09-01T08:00:00Z", 6.8)),
    );
    expect(others).toEqual([]);
    expect(series?.lines[0]?.points.map((point) => point.value)).toEqual([7.1, 6.8, 6.4]);
    expect(series?.title).toBe("HbA1c");
  });

  test("another unit is another series: nothing is converted", () => {
    const mmol = observation("2026-01-01", 48, { valueQuantity: { value: 48, unit: "mmol/mol" } });
    expect(collectSeries(sourced(observation("2025-01-01", 7), mmol))).toHaveLength(2);
  });

  test("blood pressure is one chart of two lines", () => {
    const pressure = {
      ...observation("2026-01-01", 0, { valueQuantity: undefined }),
      component: [
        { code: { coding: [{ code: "8480-6", display: "Systolic" }] }, valueQuantity: { value: 130, unit: "mmHg" } },
        { code: { coding: [{ code: "8462-4", display: "Diastolic" }] }, valueQuantity: { value: 80, unit: "mmHg" } },
      ],
    };
    const [series] = collectSeries(sourced(pressure));
    expect(series?.lines.map((line) => line.title)).toEqual(["Systolic", "Diastolic"]);
  });

  test("what was entered in error, has no time or no number, or is not FHIR at all is left out", () => {
    const wrong = [
      observation("2026-01-01", 1, { status: "entered-in-error" }),
      observation("yesterday", 1),
      observation("2026-01-01", Number.NaN),
      { resourceType: "Observation", code: null, component: "x" },
      null,
      [],
      "Observation",
      JSON.parse('{"__proto__": {"resourceType": "Observation"}}'),
    ];
    expect(collectSeries(sourced(...wrong))).toEqual([]);
  });

  test("a bundle's observations are found; a bundle inside of it is not looked into", () => {
    const inner = { resourceType: "Bundle", entry: [{ resource: observation("2026-01-01", 1) }] };
    const outer = { resourceType: "Bundle", entry: [{ resource: observation("2026-01-02", 2) }, { resource: inner }] };
    expect(collectSeries(sourced(outer))[0]?.lines[0]?.points.map((point) => point.value)).toEqual([2]);
  });

  test("a value is outside of its own range, not of another's", () => {
    const range = { referenceRange: [{ low: { value: 4 }, high: { value: 6 } }] };
    const [series] = collectSeries(sourced(observation("2025-01-01", 6.5, range), observation("2026-01-01", 6.5)));
    expect(series?.lines[0]?.points.map((point) => point.outside)).toEqual(["above", null]);
  });

  describe("says what the entry itself says", () => {
    const limits = (low: number, high: number, unit: string) => [
      { low: { value: low, unit }, high: { value: high, unit } },
    ];
    const quantity = (value: number, unit: string, extra: object = {}) => ({
      valueQuantity: { value, unit, ...extra },
    });
    const pointOf = (extra: object) => {
      const resource = observation("2026-01-01", 0, extra);
      const point = collectSeries(sourced(resource))[0]?.lines[0]?.points[0];
      expect(point?.outside).toBe(outsideOf(resource));
      return point;
    };

    test("a bound stays a bound, and is not compared", () => {
      const below = pointOf({ ...quantity(5, "ng/L", { comparator: "<" }), referenceRange: limits(10, 20, "ng/L") });
      expect(below).toMatchObject({ value: 5, comparator: "<", outside: null });
    });

    test("of several ranges none is chosen, compared or drawn", () => {
      const referenceRange = [
        { low: { value: 13.5, unit: "g/dL" }, appliesTo: [{ text: "men" }] },
        { low: { value: 12, unit: "g/dL" }, appliesTo: [{ text: "women" }] },
      ];
      expect(pointOf({ ...quantity(13, "g/dL"), referenceRange })).toMatchObject({
        outside: null,
        low: null,
        high: null,
      });
    });

    test("a limit in another unit is none; one of the same unit's code is one, however it is written", () => {
      const glucose = { ...quantity(5, "mmol/L"), referenceRange: limits(70, 99, "mg/dL") };
      expect(pointOf(glucose)).toMatchObject({ outside: null, low: null, high: null });
      const system = "http://unitsofmeasure.org";
      const written = (unit: string, code: string) => ({
        ...quantity(150, "mmHg", { system, code: "mm[Hg]" }),
        referenceRange: [{ high: { value: 140, unit, system, code } }],
      });
      expect(pointOf(written("millimetres of mercury", "mm[Hg]"))).toMatchObject({ outside: "above", high: 140 });
      expect(pointOf(written("mmHg", "kPa"))).toMatchObject({ outside: null, high: null });
    });

    test("a limit that is a bound itself is none", () => {
      const referenceRange = [{ high: { value: 3, unit: "%", comparator: "<" } }];
      expect(pointOf({ ...quantity(5, "%"), referenceRange })).toMatchObject({ outside: null, high: null });
    });

    test("the author's judgement counts more than the numbers", () => {
      const judged = (code: string, value: number) =>
        pointOf({
          ...quantity(value, "%"),
          referenceRange: limits(1, 9, "%"),
          interpretation: [{ coding: [{ code }] }],
        });
      expect(judged("HH", 5)).toMatchObject({ outside: "above", low: 1, high: 9 });
      expect(judged("LU", 5)).toMatchObject({ outside: "below" });
      expect(judged("N", 10)).toMatchObject({ outside: null });
    });

    test("what a program must understand and does not is left to the entry", () => {
      const modifierExtension = [{ url: "https://example.org/not", valueBoolean: true }];
      expect(collectSeries(sourced(observation("2026-01-01", 5, { modifierExtension })))).toEqual([]);
    });
  });
});

describe("scale", () => {
  const series = collectSeries(sourced(observation("2025-01-15", 5), observation("2026-06-15", 9)))[0];

  test("every point lies within the chart", () => {
    if (series === undefined) throw new Error("no series");
    const { times, values } = extentsOf(series);
    const y = linear(values, { from: 100, to: 0 });
    for (const point of series.lines[0]?.points ?? []) {
      expect(y(point.value)).toBeGreaterThan(0);
      expect(y(point.value)).toBeLessThan(100);
      expect(point.at).toBeGreaterThanOrEqual(times.from);
      expect(point.at).toBeLessThanOrEqual(times.to);
    }
  });

  test.each([
    [0, 10, 5],
    [-3, 0.001, 4],
    [119.5, 141.2, 6],
    [1e-9, 3e-9, 3],
  ])("ticks from %d to %d are inside, ascending and few", (from, to, count) => {
    const ticks = roundTicks({ from, to }, count);
    expect(ticks.length).toBeGreaterThan(0);
    expect(ticks.length).toBeLessThanOrEqual(count + 1);
    expect([...ticks].sort((a, b) => a - b)).toEqual(ticks);
    expect(ticks.every((tick) => tick >= from && tick <= to)).toBe(true);
  });

  test.each([1, 20, 90, 400, 4_000, 30_000])("over %d days the times are few and inside", (days) => {
    const extent = { from: 1_700_000_000, to: 1_700_000_000 + days * 86_400 };
    const ticks = timeTicks(extent, 6);
    expect(ticks.length).toBeLessThanOrEqual(8);
    expect(ticks.every((tick) => tick >= extent.from && tick <= extent.to)).toBe(true);
  });
});
