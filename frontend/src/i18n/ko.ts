/** All texts in Korean, by area. */
import { care } from "./ko/care.ts";
import { clinician } from "./ko/clinician.ts";
import { common } from "./ko/common.ts";
import { errors } from "./ko/errors.ts";
import { institution } from "./ko/institution.ts";
import { patient } from "./ko/patient.ts";
import { record } from "./ko/record.ts";
import { session } from "./ko/session.ts";
import { sharing } from "./ko/sharing.ts";
import { upload } from "./ko/upload.ts";
import { viewers } from "./ko/viewers.ts";
import { wallet } from "./ko/wallet.ts";
import { words } from "./ko/words.ts";

export const ko = {
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
