/** A FHIR type as the sealed title says it: `DiagnosticReport` → "Diagnostic report". */
export function spacedType(fhirType: string): string {
  const words = fhirType.replace(/(?<=[a-z])(?=[A-Z])/g, " ");
  return words.slice(0, 1).toUpperCase() + words.slice(1).toLowerCase();
}
