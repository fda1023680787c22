/** Several files: a plan of what would be sealed, and of each file that can't be, why. Nothing is sent or kept. */
import { requireDescriptor } from "../descriptor.ts";
import { isCode, MendrecError } from "../errors.ts";
import { LIMITS } from "../limits.ts";
import { type Fault, IntakeRefused, refusal } from "./faults.ts";
import type { IntakeItem } from "./item.ts";
import { placeOf, readFile } from "./readFile.ts";

/** A file that is not taken, whole: the first of its faults, and all that are kept. */
export type RefusedFile = {
  readonly fileName: string;
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
  readonly faults: readonly Fault[];
  readonly faultCount: number;
};

/** A file whose content does not say where it belongs; `item` stands under a category that opens nothing to narrow grants. */
export type AskedFile = { readonly fileName: string; readonly item: IntakeItem };

export type IntakePlan = {
  /** In the order of the files, and of the entries in them. */
  readonly items: readonly IntakeItem[];
  readonly refused: readonly RefusedFile[];
  /** Files for which a person says the category: see {@link placed}. */
  readonly asked: readonly AskedFile[];
};

export type IntakeOptions = {
  /** What a person said they all are; null leaves it to the content. */
  readonly categoryCode?: string | null;
  /** Told after each file. */
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
};

/**
 * Reads, judges and splits all files.
 *
 * @param categories the codes that the directory knows now.
 * @throws MendrecError `input.unknown_category` for a `categoryCode` that is none; `cancelled`.
 */
export async function planIntake(
  files: readonly File[],
  categories: readonly string[],
  { categoryCode = null, onProgress, signal }: IntakeOptions = {},
): Promise<IntakePlan> {
  if (categoryCode !== null) {
    requireKnown(categoryCode, categories);
  }
  const plan = { items: [] as IntakeItem[], refused: [] as RefusedFile[], asked: [] as AskedFile[] };
  let inMemoryBytes = 0;
  for (const [at, file] of files.entries()) {
    onProgress?.(at, files.length);
    if (signal?.aborted) {
      throw new MendrecError("cancelled", "The files were not read to the end.");
    }
    try {
      const { items, told } = await readFile(file, categoryCode);
      for (const item of items) {
        requireKnown(item.categoryCode, categories);
        requireDescriptor(item);
        inMemoryBytes += item.content === file ? 0 : item.content.size;
      }
      requireRoom(file, inMemoryBytes);
      if (told || categoryCode !== null) {
        plan.items.push(...items);
      } else {
        plan.asked.push(...items.map((item) => ({ fileName: placeOf(file), item })));
      }
    } catch (error) {
      plan.refused.push(refusedFile(file, error));
    }
  }
  onProgress?.(files.length, files.length);
  return plan;
}

/** A file that was asked about, under the category that a person says. */
export function placed(asked: AskedFile, categoryCode: string): IntakeItem {
  return { ...asked.item, categoryCode };
}

function requireRoom(file: File, inMemoryBytes: number): void {
  if (inMemoryBytes > LIMITS.intakeInMemoryMaxBytes) {
    const message = `FHIR resources of more than ${LIMITS.intakeInMemoryMaxBytes} bytes in one import.`;
    throw refusal(placeOf(file), "too_much", message, "Import the files in several turns.");
  }
}

function requireKnown(categoryCode: string, categories: readonly string[]): void {
  if (!categories.includes(categoryCode)) {
    throw new MendrecError("input.unknown_category", `${categoryCode.slice(0, 60)} is no category.`, {
      remedy: `Use one of: ${categories.join(", ")}.`,
    });
  }
}

function refusedFile(file: File, error: unknown): RefusedFile {
  const fileName = placeOf(file);
  if (error instanceof IntakeRefused) {
    const [first] = error.faults;
    const { code, message, remedy } = first ?? { code: "intake.refused", message: error.message, remedy: "" };
    return { fileName, code, message, remedy, faults: error.faults, faultCount: error.faultCount };
  }
  if (isCode(error, "input")) {
    const { code, message, remedy } = error;
    return { fileName, code, message, remedy, faults: [{ place: fileName, code, message, remedy }], faultCount: 1 };
  }
  if (error instanceof DOMException) {
    const fault = {
      place: fileName,
      code: "intake.source_changed",
      message: "The file can no longer be read, or was changed after it was chosen.",
      remedy: "Leave the files alone while they are imported, and choose them again.",
    };
    return { ...fault, fileName, faults: [fault], faultCount: 1 };
  }
  throw error;
}
