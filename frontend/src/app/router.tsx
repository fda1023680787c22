/** Addresses and their pages. Who is not signed in sees the way in, under the same address. */
import { createRootRoute, createRoute, createRouter } from "@tanstack/react-router";
import type { Role } from "../session/state.ts";
import { HomeRoute } from "./HomeRoute.tsx";
import { Layout } from "./Layout.tsx";
import { NotFound } from "./NotFound.tsx";
import { PageBroke } from "./PageBroke.tsx";
import { pages } from "./pages.ts";
import { AnyPage, type LazyPage, RolePage } from "./RolePage.tsx";

const root = createRootRoute({ component: Layout, notFoundComponent: NotFound, errorComponent: PageBroke });

const forRoles =
  (page: LazyPage, ...roles: readonly Role[]) =>
  () => <RolePage page={page} roles={roles} />;

const at = <Path extends string>(path: Path, component: () => React.ReactNode) =>
  createRoute({ getParentRoute: () => root, path, component });

const routes = root.addChildren([
  at("/", HomeRoute),
  // One route each, so that the list stays as it is behind an entry that is opened.
  at("/record/{-$entry}", forRoles(pages.record, "patient")),
  at("/sharing", forRoles(pages.sharing, "patient")),
  at("/requests", forRoles(pages.requests, "patient")),
  at("/who-read", forRoles(pages.whoRead, "patient")),
  at("/safety", forRoles(pages.health, "patient")),
  at("/private/{-$entry}", forRoles(pages.private, "patient")),
  at("/keys", forRoles(pages.keys, "patient", "clinician")),
  at("/patients", forRoles(pages.patients, "clinician")),
  at("/patients/$patient/{-$entry}", forRoles(pages.patient, "clinician")),
  at("/ask", forRoles(pages.ask, "clinician")),
  at("/upload/$patient", forRoles(pages.upload, "patient", "clinician")),
  at("/institution", forRoles(pages.overview, "institution")),
  at("/institution/staff", forRoles(pages.staff, "institution")),
  at("/institution/requests", forRoles(pages.staffRequests, "institution")),
  at("/institution/stores", forRoles(pages.stores, "institution")),
  at("/institution/mending", forRoles(pages.mending, "institution")),
  at("/institution/operations", forRoles(pages.operations, "institution")),
  at("/verifier", forRoles(pages.verifier, "verifier")),
  at("/settings", () => <AnyPage page={pages.settings} />),
]);

export const router = createRouter({
  routeTree: routes,
  scrollRestoration: true,
  defaultPreload: false,
  // What breaks on a page leaves the frame around it: one can go elsewhere.
  defaultErrorComponent: PageBroke,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
