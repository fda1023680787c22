/** The first page of a role. */
import { useRole } from "../session/context.ts";
import { pages } from "./pages.ts";
import { AnyPage, RolePage } from "./RolePage.tsx";

export function HomeRoute() {
  const { role } = useRole();
  switch (role) {
    case "patient":
      return <RolePage page={pages.patientHome} roles={["patient"]} />;
    case "clinician":
      return <RolePage page={pages.patients} roles={["clinician"]} />;
    case "institution":
      return <RolePage page={pages.overview} roles={["institution"]} />;
    case "verifier":
      return <RolePage page={pages.verifier} roles={["verifier"]} />;
    case null:
      return <AnyPage page={pages.settings} />;
  }
}
