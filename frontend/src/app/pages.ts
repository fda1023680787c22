/** Every page is a file of its own that is loaded when it is gone to. */
import { lazy } from "react";

export const pages = {
  patientHome: lazy(async () => ({ default: (await import("../patient/HomePage.tsx")).HomePage })),
  record: lazy(async () => ({ default: (await import("../patient/RecordPage.tsx")).RecordPage })),
  sharing: lazy(async () => ({ default: (await import("../patient/SharingPage.tsx")).SharingPage })),
  requests: lazy(async () => ({ default: (await import("../patient/RequestsPage.tsx")).RequestsPage })),
  whoRead: lazy(async () => ({ default: (await import("../patient/WhoReadPage.tsx")).WhoReadPage })),
  health: lazy(async () => ({ default: (await import("../patient/HealthPage.tsx")).HealthPage })),
  private: lazy(async () => ({ default: (await import("../patient/PrivatePage.tsx")).PrivatePage })),
  keys: lazy(async () => ({ default: (await import("../patient/KeysPage.tsx")).KeysPage })),
  patients: lazy(async () => ({ default: (await import("../clinician/PatientsPage.tsx")).PatientsPage })),
  patient: lazy(async () => ({ default: (await import("../clinician/PatientPage.tsx")).PatientPage })),
  ask: lazy(async () => ({ default: (await import("../clinician/AskPage.tsx")).AskPage })),
  upload: lazy(async () => ({ default: (await import("../clinician/UploadPage.tsx")).UploadPage })),
  overview: lazy(async () => ({ default: (await import("../institution/OverviewPage.tsx")).OverviewPage })),
  staff: lazy(async () => ({ default: (await import("../institution/StaffPage.tsx")).StaffPage })),
  staffRequests: lazy(async () => ({ default: (await import("../institution/RequestsPage.tsx")).RequestsPage })),
  stores: lazy(async () => ({ default: (await import("../institution/StoresPage.tsx")).StoresPage })),
  mending: lazy(async () => ({ default: (await import("../institution/MendingPage.tsx")).MendingPage })),
  operations: lazy(async () => ({ default: (await import("../institution/OperationsPage.tsx")).OperationsPage })),
  verifier: lazy(async () => ({ default: (await import("../institution/VerifierPage.tsx")).VerifierPage })),
  settings: lazy(async () => ({ default: (await import("./SettingsPage.tsx")).SettingsPage })),
} as const;
