import { entryNumber } from "../record/entryNumber.ts";

/**
 * The lines that mending tells of itself (`domain/mending.py`, `domain/mend_planning.py`), taken apart, so that they can be
 * said in the person's language. What is of another form is null, and shown as it came.
 */
export type RecordName = { readonly patient: string; readonly entry: string; readonly part: string | null };

export type Step =
  | { readonly kind: "copy"; readonly record: RecordName; readonly to: string; readonly why: CopyWhy | null }
  | {
      readonly kind: "path";
      readonly record: RecordName;
      readonly from: string;
      readonly to: string;
      readonly reason: string;
    };

export type CopyWhy = "damaged" | "missing" | "too_few" | "path";
export type CannotWhy = "silent" | "lost" | "never" | "short" | "stuck" | "path";

const LABEL = "(0x[0-9a-fA-F]{40}(?:/\\d+){1,2})";
const COPY = new RegExp(`^${LABEL}: copy \\S+ from \\S+ (?:to|over the copy in) (\\S+): (.+)$`);
const MOVE = new RegExp(`^${LABEL}: move the path on chain from location (\\d+) to (\\d+) \\([^)]*\\): (\\w+)$`);
const CANNOT = new RegExp(`^${LABEL}: (\\S+) \\S+: (.+)$`);
const WHY: Readonly<Record<string, CopyWhy>> = {
  "its copy there is wrong": "damaged",
  "its copy there is gone": "missing",
  "there are too few good copies": "too_few",
  "the path on chain is to lead there": "path",
};
const CANNOT_WHY: readonly (readonly [RegExp, CannotWhy])[] = [
  [/no good copy answers now/, "silent"],
  [/restore it from a backup/, "lost"],
  [/it was never stored/, "never"],
  [/failure domains short/, "short"],
  [/gives wrong bytes and takes no others/, "stuck"],
  [/the path on chain leads to/, "path"],
];

/** `0x…/12` or `0x…/12/3`: both count from 1 for people. Null where it is neither. */
export function recordName(label: string): RecordName | null {
  const [patient, entry, leaf] = label.split("/");
  if (patient === undefined || entry === undefined) return null;
  return {
    patient,
    entry: String(entryNumber(entry)),
    part: leaf === undefined ? null : String(entryNumber(leaf)),
  };
}

/** A step of mending, done or not. */
export function readStep(line: string): Step | null {
  const copy = COPY.exec(line);
  if (copy !== null) {
    const [, label = "", to = "", why = ""] = copy;
    const record = recordName(label);
    return record === null ? null : { kind: "copy", record, to, why: WHY[why] ?? null };
  }
  const move = MOVE.exec(line);
  if (move !== null) {
    const [, label = "", from = "", to = "", reason = ""] = move;
    const record = recordName(label);
    return record === null ? null : { kind: "path", record, from, to, reason: reason.toLowerCase() };
  }
  return null;
}

/** What can't be mended, and why: often for more than one reason. */
export function readCannot(
  line: string,
): { readonly record: RecordName; readonly role: string; readonly why: readonly CannotWhy[] } | null {
  const found = CANNOT.exec(line);
  if (found === null) return null;
  const [, label = "", role = "", words = ""] = found;
  const record = recordName(label);
  const why = CANNOT_WHY.filter(([pattern]) => pattern.test(words)).map(([, one]) => one);
  return record === null || why.length === 0 ? null : { record, role, why };
}
