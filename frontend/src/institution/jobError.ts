/** What the node says of a job, or of one of its steps, that could not be done, as an error that has words here. */
import { MendrecError } from "../core/errors.ts";
import type { Job } from "../node/readJob.ts";

type Failure = { readonly code: string; readonly message: string; readonly remedy: string };

export function failureError({ code, message, remedy }: Failure): MendrecError {
  return new MendrecError(code, message, { remedy });
}

export function jobError(job: Job): MendrecError {
  return job.failure === null
    ? new MendrecError("unavailable.job_given_up", "The job could not be done.")
    : failureError(job.failure);
}
