/** The timeline over a record that is made up, and what is measured of it. Nothing is fetched or opened here. */
import { createRoot } from "react-dom/client";
import "../../src/design/tokens.css";
import "../../src/design/base.css";
import { clinicalOf } from "../../src/i18n/clinical.ts";
import { LanguageProvider } from "../../src/i18n/LanguageProvider.tsx";
import { loadTexts } from "../../src/i18n/load.ts";
import type { Address, ListedRecord } from "../../src/node/types.ts";
import { shownTitle } from "../../src/record/entryTitle.ts";
import { filterRecords, indexRecords, NO_FILTERS } from "../../src/record/recordIndex.ts";
import { Timeline } from "../../src/record/Timeline.tsx";

export type Measured = {
  readonly indexMs: number;
  readonly firstRowMs: number;
  /** The slowest of several searches, each another word. */
  readonly searchMs: number;
  readonly frames: number;
  readonly lostFrames: number;
  readonly longestGapMs: number;
  readonly rowsDrawn: number;
  /** Of a bare page as high, in the same minute: what this machine loses by itself. */
  readonly bareFrames: number;
  readonly bareLostFrames: number;
};

declare global {
  interface Window {
    measureTimeline?: (count: number, scrollMs: number) => Promise<Measured>;
  }
}

const AUTHORS = ["0x00000000000000000000000000000000000000A1", "0x00000000000000000000000000000000000000b2"] as const;
const CODES = ["laboratory", "vital-signs", "imaging", "medication", "history-and-physical-exam"];
const TITLES = ["Heart rate", "Potassium", "CT of the chest", "Metformin 500 mg", "Letter of the practice"];
const NEWEST_S = 1_780_000_000;
const APART_S = 6_000;
const PX_PER_MS = 3;

function madeUp(count: number): readonly ListedRecord[] {
  return Array.from({ length: count }, (_, sequence) => ({
    patient: AUTHORS[0],
    sequence,
    leafIndex: null,
    categoryCode: CODES[sequence % CODES.length] ?? "laboratory",
    author: AUTHORS[sequence % 2] ?? AUTHORS[0],
    location: 1,
    recordedAt: NEWEST_S - (count - sequence) * APART_S,
    final: sequence % 50 !== 0,
    private: sequence % 40 === 0,
    manifestDigestHex: null,
    sizeBytes: 1_000 + sequence,
    descriptor: {
      title: `${TITLES[sequence % TITLES.length]}, number ${sequence}`,
      mediaType: "application/fhir+json",
      fhirType: "Observation",
      codes: [{ system: "http://loinc.org", code: `${sequence % 997}-1`, display: "A measurement" }],
      fileName: `entry-${sequence}.json`,
    },
    refusal: null,
  }));
}

const nameOf = (address: Address) => (address === AUTHORS[0] ? "You" : "North practice");
const people = { nameOf, institutionOf: () => null };

async function measureTimeline(count: number, scrollMs: number): Promise<Measured> {
  const place = document.getElementById("root");
  if (place === null) throw new Error("the page has no place for it");
  const texts = await loadTexts("en");
  const bare = await scrolledBare(place, scrollMs);
  const records = madeUp(count);
  const clinical = clinicalOf("en", "en-GB");
  const began = performance.now();
  const index = indexRecords(records, {
    category: (code) => code,
    author: nameOf,
    title: (descriptor) => shownTitle(clinical, descriptor),
  });
  const indexMs = performance.now() - began;
  createRoot(place).render(
    <LanguageProvider initial={{ language: "en", texts }}>
      <Timeline
        entries={filterRecords(index, NO_FILTERS)}
        people={people}
        hrefOf={(key) => `/record/${key}`}
        onOpen={() => undefined}
        openKey={null}
        newSince={null}
      />
    </LanguageProvider>,
  );
  while (document.querySelector(".entry-line") === null) await frame();
  await frame();
  const firstRowMs = performance.now() - began;
  const searches = ["heart", "number 4711", "997-1", "north letter", "nothing like it"].map((text) => {
    const start = performance.now();
    filterRecords(index, { ...NO_FILTERS, text });
    return performance.now() - start;
  });
  return { indexMs, firstRowMs, searchMs: Math.max(...searches), ...bare, ...(await scrolled(scrollMs)) };
}

const BARE_PX = 1_000_000;

async function scrolledBare(place: HTMLElement, forMs: number) {
  place.style.height = `${BARE_PX}px`;
  const { frames, lostFrames } = await scrolled(forMs);
  place.style.height = "";
  globalThis.scrollTo(0, 0);
  return { bareFrames: frames, bareLostFrames: lostFrames };
}

/** Scrolls as a finger does that does not stop, and counts the frames that did not come. */
async function scrolled(forMs: number) {
  const usual = await usualGap();
  let [frames, lostFrames, longestGapMs] = [0, 0, 0];
  const began = performance.now();
  let last = await frame();
  while (last - began < forMs) {
    const now = await frame();
    const gap = now - last;
    globalThis.scrollBy(0, gap * PX_PER_MS);
    frames += 1;
    lostFrames += Math.max(0, Math.round(gap / usual) - 1);
    longestGapMs = Math.max(longestGapMs, gap);
    last = now;
  }
  return { frames, lostFrames, longestGapMs, rowsDrawn: document.querySelectorAll(".entry-line").length };
}

/** The median of a while at rest: what this browser gives at best. */
async function usualGap(): Promise<number> {
  const gaps: number[] = [];
  let last = await frame();
  for (let count = 0; count < 30; count += 1) {
    const now = await frame();
    gaps.push(now - last);
    last = now;
  }
  return gaps.sort((a, b) => a - b)[15] ?? 1_000 / 60;
}

function frame(): Promise<number> {
  return new Promise((resolve) => requestAnimationFrame(resolve));
}

window.measureTimeline = measureTimeline;
