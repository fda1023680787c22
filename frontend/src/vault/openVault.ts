/** Starts the vault's worker when it is needed, and lets the page call it as if it were here. */
import { proxy, type Remote, wrap } from "comlink";
import { trustedScriptUrl } from "../app/trustedTypes.ts";
import { MendrecError } from "../core/errors.ts";
import { installErrorTransfer } from "./errorTransfer.ts";
import type { Vault } from "./types.ts";
import workerUrl from "./worker.ts?worker&url";

export type OpenedVault = {
  readonly vault: Vault;
  /** Ends the worker; what it held is gone, what it kept for unfinished uploads stays. */
  readonly close: () => void;
};

/**
 * A vault whose worker starts at the first call, so that nobody who only looks at the welcome page loads it. Its calls throw
 * MendrecError as calls here do; `unavailable.vault` once it is gone.
 */
export function openVault(): OpenedVault {
  let started: OpenedVault | null = null;
  return {
    vault: new Proxy({} as Vault, {
      get: (_target, name) => {
        if (typeof name !== "string" || name === "then") {
          return undefined; // looked at, as by `await`, and not called
        }
        started ??= startVault();
        return Reflect.get(started.vault, name);
      },
    }),
    close: () => started?.close(),
  };
}

function startVault(): OpenedVault {
  installErrorTransfer();
  const worker = new Worker(trustedScriptUrl(workerUrl), { type: "module", name: "vault" });
  const calls = new OpenCalls();
  worker.addEventListener("error", () => calls.end(vaultGone()));
  return {
    vault: callable(wrap<Vault>(worker), calls),
    close: () => {
      worker.terminate();
      calls.end(vaultGone());
    },
  };
}

/**
 * Calls that are not answered yet: once the worker is gone, none of them ever will be. Only these are held. (A race of each
 * with one promise that says "gone" would hold every answer for as long as that promise lives: plaintext, and whole files.)
 */
export class OpenCalls {
  readonly #open = new Set<(reason: MendrecError) => void>();
  #ended: MendrecError | null = null;

  /** What the call gives. Throws the reason of {@link end} where that comes first. */
  run<T>(call: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#ended !== null) {
        reject(this.#ended);
        return;
      }
      this.#open.add(reject);
      call()
        .then(resolve, reject)
        .finally(() => this.#open.delete(reject));
    });
  }

  /** Ends those that are open, and every later one. */
  end(reason: MendrecError): void {
    this.#ended ??= reason;
    for (const reject of this.#open) {
      reject(this.#ended);
    }
    this.#open.clear();
  }
}

/** The vault over a wire, with callbacks carried as callbacks. Exported for tests with another endpoint than a worker. */
export function callable(remote: Remote<Vault>, calls: OpenCalls): Vault {
  return new Proxy({} as Vault, {
    get: (_target, name) => {
      if (typeof name !== "string" || name === "then") {
        return undefined;
      }
      return (...parameters: readonly unknown[]) => {
        const call = (remote as unknown as Record<string, (...sent: unknown[]) => Promise<unknown>>)[name];
        if (call === undefined) {
          throw new TypeError(`The vault does not know ${name}.`);
        }
        const sent = parameters.map((one) => (typeof one === "function" ? proxy(one) : one));
        return calls.run(() => call(...sent));
      };
    },
  });
}

function vaultGone(): MendrecError {
  return new MendrecError("unavailable.vault", "The part of the page that holds your key has stopped.", {
    remedy: "Load the page again; what was being sent goes on from where it was.",
  });
}
