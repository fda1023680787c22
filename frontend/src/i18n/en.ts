/** All texts in English, by area. */
import { care } from "./en/care.ts";
import { clinician } from "./en/clinician.ts";
import { common } from "./en/common.ts";
import { errors } from "./en/errors.ts";
import { institution } from "./en/institution.ts";
import { patient } from "./en/patient.ts";
import { record } from "./en/record.ts";
import { session } from "./en/session.ts";
import { sharing } from "./en/sharing.ts";
import { upload } from "./en/upload.ts";
import { viewers } from "./en/viewers.ts";
import { wallet } from "./en/wallet.ts";
import { words } from "./en/words.ts";

export const en = {
  care,
  clinician,
  common,
  errors,
  institution,
  patient,
  record,
  session,
  sharing,
  upload,
  viewers,
  wallet,
  words,
};
