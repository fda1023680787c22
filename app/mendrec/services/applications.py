"""How somebody becomes a clinician of an institution, before the chain knows of it: asked, confirmed, signed.

The applicant says who they are and for which licence (its salted hash). The institution says that they are its staff.
A verifier signs the credential; with it the applicant enrols on chain, by an act of their own. Nothing here decides
anything on chain: a signature is kept that the Directory would take, and no other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mendrec.crypto.wallet import InvalidSignatureError, require_typed_data_signer, typed_data_digest
from mendrec.domain.display_name import require_display_name
from mendrec.domain.errors import InputError, NotFoundError, RefusedError
from mendrec.domain.limits import LIMITS
from mendrec.domain.model import Address, Role
from mendrec.domain.typed_data import contract_domain
from mendrec.domain.typed_data.directory import Credential, clinician_credential
from mendrec.ports import Clock, LedgerReader, Randomness
from mendrec.ports_people import Application, ApplicationRepository, ApplicationState

_DAY_S = 86_400
_CLOCK_SKEW_S = 60
"""How far ahead of the head a credential may be dated; as in the Directory."""
REASON_MAX_CHARS = 300


class UnknownApplication(NotFoundError):
    """There is no such application, or it is not for this person."""

    code = "not_found.application"


class ApplicationOpen(RefusedError):
    """An application of the same person to the same institution is undecided."""

    code = "conflict.application_open"
    default_remedy = "Wait for the institution and the verifier to decide on it."
    http_status = 409


class ApplicationMoved(RefusedError):
    """The application is not in the state that the decision is for."""

    code = "conflict.application"
    default_remedy = "Fetch it again: somebody has decided, or it has to be confirmed before it is signed."
    http_status = 409


class TooManyApplications(RefusedError):
    """A person makes a number of applications a day."""

    code = "refused.too_many_applications"
    default_remedy = "Try again tomorrow."
    http_status = 429


class NotAnInstitution(RefusedError):
    """The address is no institution in standing."""

    code = "refused.not_an_institution"
    default_remedy = "Choose an institution from GET /v1/professionals."


class NotYoursToDecide(RefusedError):
    """Institutions confirm, verifiers sign."""

    code = "refused.not_yours_to_decide"
    default_remedy = "Sign in as the institution that it is made to, or as a verifier in standing."


class UnusableCredential(InputError):
    """The Directory would not take such a credential."""

    code = "input.unusable_credential"


@dataclass(frozen=True, slots=True)
class SignedTerms:
    """What a verifier signed, beside what the application says already."""

    issued_at: int
    expires_at: int
    signature: bytes


@dataclass(frozen=True)
class ApplicationService:
    """Applications of one node."""

    rows: ApplicationRepository
    ledger: LedgerReader
    clock: Clock
    randomness: Randomness

    def apply(
        self, applicant: Address, institution: Address, display_name: str, licence_commitment_hex: str
    ) -> Application:
        """Makes an application.

        Raises:
            UnusableName: the name can't be shown.
            NotAnInstitution: to whom it is made is none in standing.
            ApplicationOpen: there is one already.
            TooManyApplications: not today.
            ApplicationsFull: too many wait for the institution.
        """
        name = require_display_name(display_name)
        if not self._is_in_standing_as(Role.INSTITUTION, institution):
            raise NotAnInstitution("This is not an institution in standing.")
        now = self.clock.now()
        application = Application(
            application_id=self.randomness.token(16).hex(),
            applicant=applicant,
            institution=institution,
            display_name=name,
            licence_commitment_hex=licence_commitment_hex,
            state=ApplicationState.WAITING,
            reason=None,
            issued_at=None,
            expires_at=None,
            verifier=None,
            verifier_signature_hex=None,
            created_at=now,
            changed_at=now,
            decided_at=None,
        )
        added = self.rows.add(
            application,
            since_at=now - _DAY_S,
            at_most=LIMITS.applications_day_max_count,
            waiting_max_count=LIMITS.applications_waiting_max_count,
        )
        if added is None:
            raise TooManyApplications("You have made as many applications as the node takes in a day.")
        if not added:
            raise ApplicationOpen("You have an application to this institution that is not decided.")
        return application

    def own(self, who: Address, *, before: tuple[int, str] | None, limit: int) -> Sequence[Application]:
        """What somebody applied for, newest first."""
        return self.rows.page(applicant=who, before=before, limit=limit)

    def to_institution(
        self,
        who: Address,
        institution: Address,
        *,
        state: ApplicationState | None,
        before: tuple[int, str] | None,
        limit: int,
    ) -> Sequence[Application]:
        """What was applied for at an institution, newest first; for itself and for verifiers in standing.

        Raises:
            NotYoursToDecide: it is somebody else who asks.
        """
        if not self._may_decide(who, institution):
            raise NotYoursToDecide("This is for the institution, and for verifiers.")
        return self.rows.page(institution=institution, state=state, before=before, limit=limit)

    def confirm(self, who: Address, application_id: str) -> Application:
        """The institution says that the applicant is of its staff.

        Raises:
            UnknownApplication, NotYoursToDecide, ApplicationMoved.
        """
        found = self._for(who, application_id)
        if who != found.institution or not self._is_in_standing_as(Role.INSTITUTION, who):
            raise NotYoursToDecide("Only the institution can confirm its staff.")
        return self._changed(found, {ApplicationState.WAITING}, state=ApplicationState.CONFIRMED)

    def decline(self, who: Address, application_id: str, reason: str | None) -> Application:
        """The institution, or a verifier, says no. Raises as :meth:`confirm`; UnusableName for the reason."""
        found = self._for(who, application_id)
        told = None if reason is None else require_display_name(reason, max_chars=REASON_MAX_CHARS)
        undecided = {ApplicationState.WAITING, ApplicationState.CONFIRMED}
        return self._changed(found, undecided, state=ApplicationState.DECLINED, reason=told)

    def sign(self, who: Address, application_id: str, signed: SignedTerms) -> Application:
        """A verifier in standing hands in the credential that it signed for a confirmed applicant.

        Raises:
            UnknownApplication, NotYoursToDecide, ApplicationMoved.
            UnusableCredential: its times are impossible, or the institution has lost its standing.
            InvalidSignatureError: it is not this verifier's signature over these words.
        """
        found = self._for(who, application_id)
        if not self._is_in_standing_as(Role.VERIFIER, who):
            raise NotYoursToDecide("Only a verifier in standing can sign a credential.")
        if found.state is not ApplicationState.CONFIRMED:
            raise ApplicationMoved(f"The application is {found.state.value}, not confirmed.")
        self._require_usable(found, signed)
        self._require_signed_by(who, found, signed)
        return self._changed(
            found,
            {ApplicationState.CONFIRMED},
            state=ApplicationState.SIGNED,
            issued_at=signed.issued_at,
            expires_at=signed.expires_at,
            verifier=who,
            verifier_signature_hex=signed.signature.hex(),
        )

    def forget(self) -> int:
        """For a worker: drops what is old. Returns how many."""
        now = self.clock.now()
        return self.rows.forget(changed_before_at=now - LIMITS.application_kept_s, now=now)

    def _for(self, who: Address, application_id: str) -> Application:
        found = self.rows.get(application_id)
        if found is None or (who != found.applicant and not self._may_decide(who, found.institution)):
            raise UnknownApplication("There is no such application.")
        if not self._may_decide(who, found.institution):
            raise NotYoursToDecide("You can't decide on your own application.")
        return found

    def _changed(self, found: Application, states: set[ApplicationState], **values: object) -> Application:
        if found.state not in states:
            raise ApplicationMoved(f"The application is {found.state.value} already.")
        now = self.clock.now()
        is_decided = values["state"] in {ApplicationState.SIGNED, ApplicationState.DECLINED}
        changed = replace(found, **values, changed_at=now, decided_at=now if is_decided else None)  # type: ignore[arg-type]
        if not self.rows.change(changed, was=found.state):
            raise ApplicationMoved("Somebody else has decided on the application meanwhile.")
        return changed

    def _require_usable(self, found: Application, signed: SignedTerms) -> None:
        head_at = self.ledger.head_block().timestamp
        if not signed.issued_at < signed.expires_at or signed.expires_at <= head_at:
            raise UnusableCredential("The credential is over already.", remedy="Sign one that ends later.")
        if signed.issued_at > head_at + _CLOCK_SKEW_S:
            raise UnusableCredential(
                "The credential is dated ahead of the chain.", remedy="Check the clock; sign anew."
            )
        if not self._is_in_standing_as(Role.INSTITUTION, found.institution):
            raise UnusableCredential("The institution has lost its standing.", remedy="Decline the application.")

    def _require_signed_by(self, verifier: Address, found: Application, signed: SignedTerms) -> None:
        credential = Credential(
            clinician=found.applicant,
            institution=found.institution,
            licence_commitment_hex=found.licence_commitment_hex,
            issued_at=signed.issued_at,
            expires_at=signed.expires_at,
        )
        domain = contract_domain("Directory", self.ledger.chain_id, self.ledger.contract_address("Directory"))
        words = clinician_credential(domain, credential, verifier)
        try:
            require_typed_data_signer(words, signed.signature, verifier)
        except InvalidSignatureError:
            try:  # a contract wallet answers for itself (EIP-1271)
                self.ledger.require_contract_signature(verifier, typed_data_digest(words).hex(), signed.signature)
            except RefusedError as error:
                raise InvalidSignatureError("The verifier did not sign this credential.") from error

    def _may_decide(self, who: Address, institution: Address) -> bool:
        return who == institution or self._is_in_standing_as(Role.VERIFIER, who)

    def _is_in_standing_as(self, role: Role, who: Address) -> bool:
        if role not in self.ledger.participant(who).roles:
            return False
        try:
            self.ledger.require_in_standing(who)
        except RefusedError:
            return False
        return True
