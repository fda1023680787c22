/** The reads as a file: a table for people, or JSON with the readers' signatures for whoever wants to check them. */
import { asDate } from "../i18n/format.ts";
import type { AllTexts } from "../i18n/text.ts";
import { categoryName } from "../record/categories.ts";
import { entryNumber } from "../record/entryNumber.ts";
import { purposeWords } from "../sharing/grantWords.ts";
import { actWords } from "./actWords.ts";
import { csvOf } from "./csv.ts";
import { isReleased, type Read } from "./reads.ts";

export function readsCsv(t: AllTexts, reads: readonly Read[], name: (address: string) => string | null): string {
  return csvOf(
    t.patient.csvColumns,
    reads.map(({ receipt, entry }) => [
      asDate(receipt.decided_at).toISOString(),
      name(receipt.reader) ?? "",
      receipt.reader,
      actWords(t, receipt),
      entry?.descriptor?.title ?? String(entryNumber(receipt.sequence)),
      entry === null ? "" : categoryName(t, entry.categoryCode),
      purposeWords(t, receipt.purpose),
      isReleased(receipt) ? t.patient.outcomes.released : receipt.outcome,
      receipt.receipt_id,
    ]),
  );
}

/** As the node told them, with what is known of each here. */
export function readsJson(reads: readonly Read[], name: (address: string) => string | null, now = new Date()): string {
  const items = reads.map(({ receipt, entry }) => ({
    ...receipt,
    reader_name: name(receipt.reader),
    entry_title: entry?.descriptor?.title ?? null,
    category_code: entry?.categoryCode ?? null,
  }));
  return `${JSON.stringify({ format: "mendrec-receipts/1", saved_at: now.toISOString(), items }, null, 2)}\n`;
}
