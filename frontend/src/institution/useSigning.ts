/** Signs a credential: hands it over for who is new, or puts it into effect for who is a clinician already. */
import { useEffect, useRef, useState } from "react";
import { MendrecError } from "../core/errors.ts";
import type { Credential } from "../core/typedData/directory.ts";
import { showToast } from "../design/toasts.tsx";
import { useText } from "../i18n/text.ts";
import { type Application, signApplication } from "../node/applications.ts";
import { renewCredential } from "../node/renewCredential.ts";
import { useClient, useSession } from "../session/context.ts";
import { useApplicationsChanged } from "./useApplications.ts";

/** Keys of `t.institution.verifier`. */
export type SigningStep = "signing" | "putting" | "waiting";

export type Signing = {
  readonly step: SigningStep | null;
  readonly canStop: boolean;
  readonly error: unknown;
  /** Whether the signed credential is kept although what came after it failed; running again goes on from there. */
  readonly wasKept: boolean;
  readonly run: (
    asked: Omit<Credential, "issuedAt">,
    application: Application | null,
    putsIntoEffect: boolean,
  ) => Promise<void>;
  readonly stop: () => void;
};

const STEPS = { sign: "signing", send: "putting", sent: "waiting", mined: "waiting" } as const;

export function useSigning(name: string, onDone: () => void): Signing {
  const t = useText();
  const client = useClient();
  const { controller } = useSession();
  const changed = useApplicationsChanged();
  const [step, setStep] = useState<SigningStep | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [kept, setKept] = useState<Application | null>(null);
  const stopping = useRef<AbortController | null>(null);
  useEffect(() => () => stopping.current?.abort(), []);

  const run: Signing["run"] = async (asked, application, putsIntoEffect) => {
    const stop = new AbortController();
    stopping.current = stop;
    setError(null);
    setStep("signing");
    const { signal } = stop;
    const words = t.institution.verifier;
    const now = client.http.now();
    try {
      const signed =
        kept ??
        (application === null
          ? null
          : await signApplication(client, { application, expiresAt: asked.expiresAt, now, signal }));
      setKept(signed);
      if (putsIntoEffect) {
        const terms = signed === null ? { issuedAt: now, expiresAt: asked.expiresAt } : termsOf(signed);
        await renewCredential(client, {
          credential: { ...asked, ...terms },
          ...(signed?.verifier_signature_hex ? { signatureHex: signed.verifier_signature_hex } : {}),
          onStep: (at) => setStep(STEPS[at]),
          signal,
        });
      }
      showToast({ title: putsIntoEffect ? words.renewed({ name }) : words.signed({ name }) });
      onDone();
    } catch (thrown) {
      controller.noticeError(thrown);
      setError(thrown);
    } finally {
      setStep(null);
      stopping.current = null;
      void changed();
    }
  };
  const stop = () => stopping.current?.abort();
  return { step, canStop: step === "signing" || step === "putting", error, wasKept: kept !== null, run, stop };
}

function termsOf(application: Application): Pick<Credential, "issuedAt" | "expiresAt"> {
  if (application.credential === null) {
    throw new MendrecError("input.application_not_signed", "No verifier has signed this application yet.");
  }
  return { issuedAt: application.credential.issued_at, expiresAt: application.credential.expires_at };
}
