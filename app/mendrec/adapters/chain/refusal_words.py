"""A sentence and a remedy for every custom error of the contracts. A test compares this with the ABIs.

A key is the error's name, or ``Contract.Name`` where one contract's error needs words of its own. Braces take the
error's arguments by name; times are shown as UTC, rights by their names.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """What to tell a person."""

    sentence: str
    remedy: str


UNKNOWN = "Unknown"

WORDS: dict[str, Words] = {
    UNKNOWN: Words(
        "The contract {contract} refused the call for a reason this version does not know ({selector}).",
        "Check that the contracts and this program are of the same version.",
    ),
    "Error": Words("The contract {contract} refused the call: {reason}", "Correct what it names and try again."),
    "Panic": Words(
        "The contract {contract} stopped at an internal check (panic {panicCode}).",
        "This is a fault of the program; report it with the command that led to it.",
    ),
    # ISignedActs
    "SignatureExpired": Words(
        "The signature could be used until {deadline}; on the chain it is {nowSeconds}.",
        "Ask the signer to sign again with a later deadline.",
    ),
    "NonceAlreadySpent": Words(
        "This signed act of {signer} was used before, or its signer cancelled it (nonce {nonce}).",
        "A signature serves once; ask the signer for a new one.",
    ),
    "InvalidSignature": Words(
        "The signature is not {signer}'s over these words on this chain and this contract.",
        "Check who signs, and that nothing was changed after signing; then sign again.",
    ),
    "TimeNotRepresentable": Words(
        "The time {unixSeconds} can't be written as a date.", "Choose a time before the year 10000."
    ),
    # OpenZeppelin
    "InvalidShortString": Words("The contract holds a broken text.", "Report it: the deployment is damaged."),
    "StringTooLong": Words("A text of the contract is too long.", "Report it: the deployment is damaged."),
    # IDirectory
    "AlreadyEnrolled": Words(
        "{who} is enrolled in the directory already.", "There is nothing to do; `mendrec people` shows who is what."
    ),
    "NotEnrolled": Words(
        "{who} is not enrolled in the directory.",
        "Have it enrol first: `mendrec enrol`; a body is admitted: `mendrec admit`.",
    ),
    "ParticipantSuspended": Words(
        "{who} is suspended.", "Ask the verifier or the governance of the directory to reinstate it."
    ),
    "CredentialExpired": Words(
        "The credential of {clinician} ended at {expiresAt}.", "Ask an accredited verifier for a new credential."
    ),
    "CredentialNotInForce": Words(
        "{clinician} has no credential in force.", "Ask an accredited verifier for a credential and submit it."
    ),
    "NotInStanding": Words(
        "{body} is not, or no longer, an admitted institution or verifier.",
        "Ask the governance of the directory to admit it or restore its standing.",
    ),
    "NotAClinician": Words("{who} is not enrolled as a clinician.", "Enrol it with a clinician's credential."),
    "InvalidRecipient": Words(
        "The age recipient of {who} is empty or unusable.", "Publish the age recipient of a fresh identity."
    ),
    "InvalidCredential": Words(
        "The credential of {clinician} is not valid, or not one that {verifier} signed.",
        "Check its dates and its clinician and have the verifier sign it again.",
    ),
    "UnknownCategory": Words("There is no data category {category}.", "See the categories with `mendrec categories`."),
    "InvalidCategoryCode": Words(
        "{code!r} cannot be a category's code.", "Use lower-case letters, digits and hyphens."
    ),
    "CategoryExists": Words("The category {code!r} exists already.", "Use the one that exists."),
    "UnknownLocation": Words(
        "There is no location {location}.",
        "See the locations with `mendrec location list`, or register one with `mendrec location add`.",
    ),
    "LocationNotActive": Words("Location {location} was retired.", "Choose a location that is active."),
    "UnknownBody": Words("There is no admitted body {number}.", "Check the number in the directory."),
    "NotAPatient": Words("{who} is not enrolled as a patient.", "Check the address, or enrol the patient first."),
    "CredentialNotNewer": Words(
        "The credential of {clinician} was issued at {issuedAt}; one from after {notBefore} is needed.",
        "Ask the verifier for a new credential: an older one, or one from before a revocation, is not taken.",
    ),
    "InvalidLocationKind": Words("{kind} is not a kind of location.", "Choose a kind from 1 to 5."),
    "EmptyBaseUri": Words("The location's base URI is empty.", "Give the URI that a CID is put after."),
    "InvalidBodyRoles": Words(
        "The roles asked for are none, or not those of a body.", "Choose among INSTITUTION, VERIFIER and CUSTODIAN."
    ),
    "IsABody": Words(
        "{who} is an institution, a verifier or a custodian, not a person.", "Change a body's standing instead."
    ),
    "GovernanceRequired": Words(
        "The directory cannot be left without governance.", "Hand the ownership over to another address instead."
    ),
    "OwnableUnauthorizedAccount": Words(
        "{account} is not the governance of the directory.", "Have it done by the owner of the Directory contract."
    ),
    "OwnableInvalidOwner": Words("{owner} can't be the governance of the directory.", "Name another address."),
    "Directory.NotAllowed": Words(
        "{caller} may not do this in the directory.",
        "Have it done by the governance, or by the institution, verifier or operator whose matter it is.",
    ),
    # IConsent
    "NotAContract": Words(
        "{dependency} is not a contract.",
        "Deploy Directory, Consent and Records in this order, each with the ones before.",
    ),
    "NotGrantedByPatient": Words(
        "{grantee} has category {category} from somebody it was passed on by, not from {patient}.",
        "Only the patient's own grants can be renewed or narrowed; grant anew or revoke.",
    ),
    "RequestAlreadyPending": Words(
        "The same request for access is waiting for an answer already.", "Wait for the patient, or withdraw it first."
    ),
    "NoCategories": Words("No category was named.", "Name at least one data category."),
    "InvalidWindow": Words(
        "The time window from {from} until {until} is empty or over; on the chain it is {nowSeconds}.",
        "Choose an end that lies after the beginning and in the future.",
    ),
    "InvalidRights": Words(
        "The rights asked for are none, or not ones that there are.", "Choose among READ, UPLOAD and SHARE."
    ),
    "InvalidPurpose": Words(
        "The purpose {purpose} is not an HL7 PurposeOfUse that is known here.", "Choose a purpose from the list."
    ),
    "SelfGrant": Words(
        "{who} would get access from itself, or to its own record, which a patient has anyway.",
        "Name somebody else.",
    ),
    "NothingGranted": Words(
        "{patient} has granted {grantee} nothing in category {category}.", "Grant or ask for access first."
    ),
    "NotARenewal": Words(
        "The grant runs until {currentUntil}; a renewal until {until} would not lengthen it.",
        "Choose a later end, or narrow the grant to shorten it.",
    ),
    "NotNarrower": Words(
        "What is granted now is {currentRights} until {currentUntil}; {rights} until {until} would not be less.",
        "Take rights away or choose an earlier end.",
    ),
    "StaleSequence": Words(
        "The permission of {grantee} in category {category} was changed since this was signed"
        " (signed at {stated}, now {current}).",
        "Look at the permission as it is now and sign again.",
    ),
    "SequenceCountMismatch": Words(
        "{categories} categories were named, but {sequences} sequence numbers.", "Give one sequence number a category."
    ),
    "RequestNotPending": Words(
        "The request for access is not pending: it was answered, withdrawn or never made.",
        "`mendrec requests PATIENT` lists the requests that wait; whoever still wants access asks again.",
    ),
    "RightMissing": Words(
        "{grantee} does not have the right to {right} in category {category} of {patient}.",
        "Ask the patient for access, for this category and right.",
    ),
    "NotYetValid": Words("The permission begins at {from}; on the chain it is {nowSeconds}.", "Wait until it begins."),
    "Expired": Words(
        "The permission ended at {until}; on the chain it is {nowSeconds}.", "Ask the patient to renew it."
    ),
    "BeyondOwnAccess": Words(
        "{delegator} can't pass on more than it holds itself in category {category}.",
        "Pass on fewer rights, the same purpose and a window within the own one.",
    ),
    "BlockHeld": Words(
        "{grantee} has a permission in category {category} that is not yours to replace, or the patient took it away.",
        "Only the patient can grant here; ask them.",
    ),
    "DelegationTooDeep": Words(
        "Access to category {category} was passed on too many times already.", "Ask the patient for a grant."
    ),
    "Consent.NotAllowed": Words("{caller} may not do this with the permission.", "Only those it concerns may."),
    # IRecords
    "StaleHead": Words(
        "Another entry was added to the record of {patient} first.", "Nothing was written; try again on the new head."
    ),
    "WrongSequence": Words(
        "The next entry of {patient} does not have the number {stated}.", "Read the record's length again and retry."
    ),
    "EmptyDigest": Words("The digest of the record is empty.", "Give the SHA-256 of the manifest."),
    "EmptyBatch": Words("A batch holds no record.", "Leave out empty batches."),
    "NoEntries": Words("No entry was named.", "Name at least one entry."),
    "UnknownEntry": Words("The record of {patient} has no entry {sequence}.", "See the entries with `mendrec list`."),
    "NotABatch": Words(
        "Entry {sequence} of {patient} is a single record, not a batch.", "Compare its digest with the entry's own."
    ),
    "NotIncluded": Words(
        "The record is not at that place in batch {sequence} of {patient}.",
        "Check the digest, the index and the path; if they are right, the copy is not what was anchored.",
    ),
    "SameLocation": Words("The path is at location {location} already.", "Nothing to mend; choose another location."),
    "InvalidReason": Words("{reason} is not a reason for moving a path.", "Choose a reason from the list."),
    "Records.NotAllowed": Words(
        "{caller} may not move this path.",
        "The patient, the author, the author's institution or the operator of the place may.",
    ),
}
