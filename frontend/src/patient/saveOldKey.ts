import { saveFile } from "../design/saveFile.ts";
import type { AllTexts } from "../i18n/text.ts";

/** Gives the sealed backup of a key that is replaced as a file: what was locked for that key opens with it alone. */
export function saveOldKey(t: AllTexts, backup: Uint8Array): void {
  saveFile(t.patient.oldKeyFileName, backup as BlobPart);
}
