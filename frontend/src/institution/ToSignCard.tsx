/** One application that its institution confirmed, as a verifier reads it before signing. */
import { Button } from "../design/Button.tsx";
import { Card } from "../design/Card.tsx";
import { DataList } from "../design/DataList.tsx";
import { PersonName } from "../design/PersonName.tsx";
import { When } from "../design/Times.tsx";
import { useText } from "../i18n/text.ts";
import type { Application } from "../node/applications.ts";

type Props = {
  readonly application: Application;
  readonly institutionName: string | null;
  readonly onSign: () => void;
  readonly onDecline: () => void;
};

export function ToSignCard({ application, institutionName, onSign, onDecline }: Props) {
  const t = useText();
  const words = t.institution.verifier;
  const name = application.display_name;
  return (
    <Card>
      <PersonName address={application.applicant} name={name} avatar copy />
      <DataList
        items={[
          { term: words.institution, value: <PersonName address={application.institution} name={institutionName} /> },
          { term: words.confirmedAt, value: <When at={application.created_at} /> },
          { term: words.mark, value: <code className="small">{application.licence_commitment_hex}</code> },
        ]}
      />
      <p className="soft small">{words.markText}</p>
      <div className="row">
        <Button variant="primary" icon="pen" aria-label={`${words.sign}: ${name}`} onPress={onSign}>
          {words.sign}
        </Button>
        <Button aria-label={`${words.decline}: ${name}`} onPress={onDecline}>
          {words.decline}
        </Button>
      </div>
    </Card>
  );
}
