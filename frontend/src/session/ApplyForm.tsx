/** What a clinician tells their institution. The licence number stays here; a commitment to it goes out. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { queryKeys } from "../app/queryKeys.ts";
import { Button } from "../design/Button.tsx";
import { ComboBox } from "../design/ComboBox.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { shortAddress } from "../design/PersonName.tsx";
import { TextField } from "../design/TextField.tsx";
import { useText } from "../i18n/text.ts";
import { applyAt } from "../node/applications.ts";
import { licenceCommitment } from "../node/licenceCommitment.ts";
import { findProfessionals } from "../node/listProfessionals.ts";
import type { Address, Client } from "../node/types.ts";
import { Screen } from "./Screen.tsx";

const INSTITUTIONS_MAX_COUNT = 50;
const NAME_MAX_CHARS = 80;

type Props = {
  readonly client: Client;
  /** With the salt that opens the commitment. */
  readonly onApplied: (saltHex: string) => void;
  readonly onBack: () => void;
};

export function ApplyForm({ client, onApplied, onBack }: Props) {
  const t = useText();
  const [search, setSearch] = useState("");
  const [institution, setInstitution] = useState<Address | null>(null);
  const [name, setName] = useState("");
  const [licence, setLicence] = useState("");
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const found = useQuery({
    queryKey: queryKeys.professionals(search),
    queryFn: ({ signal }) => findProfessionals(client, { search, limit: INSTITUTIONS_MAX_COUNT, signal }),
    placeholderData: (previous) => previous,
  });
  const options = (found.data ?? [])
    .filter((one) => one.roles.includes("institution"))
    .map((one) => ({
      id: one.address as Address,
      label: one.display_name ?? shortAddress(one.address),
      hint: shortAddress(one.address),
      icon: "hospital" as const,
    }));
  const complete = institution !== null && name.trim() !== "" && licence.trim() !== "";
  const apply = async () => {
    if (institution === null || !complete) return;
    setPending(true);
    setError(null);
    try {
      const { commitmentHex, saltHex } = licenceCommitment(licence);
      await applyAt(client, { institution, displayName: name.trim(), licenceCommitmentHex: commitmentHex });
      onApplied(saltHex);
    } catch (thrown) {
      setError(thrown);
    } finally {
      setPending(false);
    }
  };
  return (
    <Screen title={t.session.applyTitle} text={t.session.applyText} icon="hospital">
      {(error ?? found.error) !== null && <ErrorNotice error={error ?? found.error} />}
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void apply();
        }}
      >
        <ComboBox
          label={t.session.institution}
          placeholder={t.session.institutionPlaceholder}
          options={options}
          value={institution}
          onChange={setInstitution}
          onInput={setSearch}
          isLoading={found.isFetching}
        />
        <TextField label={t.session.displayName} value={name} onChange={setName} maxLength={NAME_MAX_CHARS} />
        <TextField label={t.session.licence} hint={t.session.licenceHint} value={licence} onChange={setLicence} />
        <div className="row">
          <Button variant="primary" type="submit" isPending={pending} isDisabled={!complete}>
            {t.session.applyAction}
          </Button>
          <Button variant="quiet" onPress={onBack}>
            {t.session.back}
          </Button>
        </div>
      </form>
    </Screen>
  );
}
