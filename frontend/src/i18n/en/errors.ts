/**
 * What an error means for a person, by its code. A code that is not here is looked up by its family; in English the error's own
 * words come first then, as errors are written in English.
 */
export const errors = {
  usesOwnWords: "yes" as string,
  requestId: "Number of the request, for whoever runs this site:",
  unexpected: {
    title: "Something went wrong on this page.",
    remedy: "Nothing of your record was changed by it. Try again; if it stays, reload the page.",
  },
  /** In the place of what to do otherwise, after something was signed and handed over. */
  mayHappen: "What you signed may still take effect. Look at how things stand before you sign again.",
  byCode: {
    cancelled: { title: "It was stopped.", remedy: "Nothing more will be done." },
    offline: { title: "You are offline.", remedy: "Nothing was lost. Try again when the connection is back." },
    "wallet.refused": {
      title: "You said no in your wallet.",
      remedy: "Nothing was done. Try again if you want to go on.",
    },
    "wallet.locked": { title: "Your wallet is locked.", remedy: "Open it, unlock it, and try again." },
    "wallet.wrong_chain": {
      title: "Your wallet is set to another network.",
      remedy: "Switch the network in your wallet, and try again.",
    },
    "wallet.wrong_account": {
      title: "Your wallet is set to another account.",
      remedy: "Choose the account that you signed in with, or sign in again with the other one.",
    },
    "wallet.wrong_signature": {
      title: "Your wallet signed with another account.",
      remedy:
        "The signature was neither kept nor sent. Choose the account in your wallet that you signed in with, and try again.",
    },
    "wallet.busy": {
      title: "Your wallet still waits for an answer.",
      remedy: "Open your wallet, answer what it asks, and try again.",
    },
    "wallet.unsupported": {
      title: "Your wallet can’t do this.",
      remedy: "Update it, or use another wallet with the same account.",
    },
    "wallet.gone": {
      title: "Your wallet does not answer.",
      remedy: "Check that it is on, reload the page, and try again.",
    },
    "unavailable.node": {
      title: "The site does not answer.",
      remedy: "Nothing was lost, and nothing is done twice. Try again in a moment.",
    },
    "unavailable.chain": {
      title: "The network that keeps the permissions does not answer.",
      remedy: "Until it does, nothing is opened or changed. Try again in a moment.",
    },
    "unavailable.custodian": {
      title: "Too few of the key keepers answer.",
      remedy: "The record is safe, but can’t be opened now. Try again in a moment.",
    },
    "unavailable.ledger": {
      title: "The site says that it is done; your wallet could not be asked to confirm it.",
      remedy: "Open your wallet and look again. Until then, do not rely on it.",
    },
    "unavailable.ledger.behind": {
      title: "The site says that it is done; the public ledger does not show it yet.",
      remedy: "Look again in a moment. Until then, do not rely on it.",
    },
    "unavailable.act_pending": {
      title: "It is still on its way.",
      remedy: "Wait a moment and look again. Don’t do it twice.",
    },
    unavailable: { title: "It does not work just now.", remedy: "Nothing was lost. Try again in a moment." },
    "refused.sign_in_needed": {
      title: "You are not signed in any more.",
      remedy: "Sign in again; this page stays open.",
    },
    "refused.sign_in": { title: "The sign-in was not accepted.", remedy: "Try again." },
    "refused.access.expired": {
      title: "The permission has ended.",
      remedy: "Ask the patient for a new one.",
    },
    "refused.access.nothing_granted": {
      title: "The patient has not allowed this.",
      remedy: "Ask the patient for access.",
    },
    "refused.access.not_yet_valid": { title: "The permission has not begun yet.", remedy: "Wait until it begins." },
    "refused.access.purpose_mismatch": {
      title: "The permission is for another purpose.",
      remedy: "Read for the purpose that was allowed, or ask again.",
    },
    "refused.access": { title: "The patient has not allowed this.", remedy: "Ask the patient for access." },
    "refused.release": {
      title: "The key keepers did not release the key.",
      remedy: "Check the permission, and try again.",
    },
    "refused.release.stale": {
      title: "The request was too old when it arrived.",
      remedy: "Check the clock of this device, and try again.",
    },
    "refused.private": { title: "This entry is private.", remedy: "Only the patient can open it." },
    "refused.too_many_requests": { title: "That was too fast.", remedy: "Wait a minute, and try again." },
    "refused.quota_exceeded": {
      title: "There is no room left for this.",
      remedy: "Ask the institution that runs this site for more room.",
    },
    "refused.non_repeating_signature": {
      title: "Your wallet signs differently each time.",
      remedy: "Protect your key with a passphrase instead.",
    },
    "refused.session.other_person": {
      title: "Somebody else has signed in in another tab.",
      remedy: "Nothing was shown or done in their name. Sign in again here, or go on in that tab.",
    },
    "unavailable.storage": {
      title: "The place where this is kept does not answer.",
      remedy: "Nothing is lost. Try again in a moment.",
    },
    "unavailable.read_late": {
      title: "The place where this is kept takes too long to answer.",
      remedy: "Nothing is lost. Try again in a moment.",
    },
    "refused.csrf": { title: "This page is out of date.", remedy: "Reload it, and try again." },
    "verification.node.prepared": {
      title: "This site’s answer does not match what you asked for.",
      remedy: "Nothing was signed and nothing was sent. Tell the institution that runs this site, or use another one.",
    },
    "verification.node": {
      title: "This site’s answer cannot be right.",
      remedy: "Nothing of that answer is used. Tell the institution that runs this site, or use another one.",
    },
    "verification.custodians_changed": {
      title: "The institutions that keep key parts have changed.",
      remedy: "Ask the institution, by telephone for example, whether that is right before you go on.",
    },
    "verification.identity_backup": {
      title: "The backup of your key does not fit.",
      remedy: "Check that your wallet is set to the right account.",
    },
    "refused.Consent.BlockHeld": {
      title: "They have access of the patient’s own to one of these parts, or the patient took it away.",
      remedy: "Only the patient can give it anew: ask them, or pass on other parts.",
    },
    "verification.cannot_open.content": {
      title: "What was locked for you holds no keys of this entry.",
      remedy: "Your key is not the reason: whoever added the entry made it wrongly. Ask them to add it again.",
    },
    "verification.cannot_open.own": {
      title: "Your key does not open this entry.",
      remedy:
        "If you have replaced your key since it was added, the one before opens it: choose “Keys and recovery”, then “Open older entries with a saved key”. Else ask whoever added it.",
    },
    "verification.sealed_to_oneself_mismatch": {
      title: "Your own list of names was not made by you.",
      remedy:
        "No name of it is shown or used, and it was not changed. Tell the institution that runs this site. You can begin a new list when you give somebody a name.",
    },
    "verification.address_book_closed": {
      title: "Your list of names does not open with your key.",
      remedy:
        "It was sealed to a key that you have replaced since, or it was altered. No name of it is shown. You can begin a new list when you give somebody a name.",
    },
    "verification.sealed_to_oneself_older": {
      title: "This site gave back an older list of your names than this browser has seen.",
      remedy:
        "No name of it is shown or used, and it was not changed. Ask the institution that runs this site whether it lost data. You can begin a new list when you give somebody a name.",
    },
    verification: {
      title: "What was received is not what it should be.",
      remedy: "It is not shown. A good copy may be elsewhere: try again, or have the record checked and mended.",
    },
    "input.wrong_passphrase": { title: "The passphrase is not right.", remedy: "Type it again." },
    "input.too_large": { title: "This is too large.", remedy: "Choose a smaller file, or split it." },
    "input.other_key_published": {
      title: "Another key is registered for you.",
      remedy: "Restore that one from its backup, or replace it under “Keys and recovery”.",
    },
    input: { title: "This can’t be used as it is.", remedy: "Check what was entered, and try again." },
    "conflict.safe": { title: "It was changed elsewhere meanwhile.", remedy: "Reload the page, and try again." },
    "conflict.application_open": { title: "You have applied there already.", remedy: "Wait for the answer." },
    conflict: { title: "It was changed elsewhere meanwhile.", remedy: "Reload the page, and try again." },
    not_found: { title: "It was not found.", remedy: "It may be gone, or not be for you." },
    configuration: { title: "This site is not set up for that.", remedy: "Tell the institution that runs it." },
    "unavailable.vault": {
      title: "The part of the page that holds your key has stopped.",
      remedy: "Load the page again; what was being sent goes on from where it was.",
    },
    "unavailable.no_room": {
      title: "This browser has no room left for this.",
      remedy: "Free some space on this device, or send fewer files at once.",
    },
    "unavailable.other_tab": {
      title: "Another tab of this browser is working on this upload.",
      remedy: "Go on in that tab, or close it and try again.",
    },
    "unavailable.upload_under_way": {
      title: "The entries are on their way and not confirmed yet.",
      remedy: "Nothing is lost: look again in a few minutes; it goes on from where it is.",
    },
    "unavailable.job_under_way": {
      title: "The job is not over yet.",
      remedy: "It goes on by itself; look at it again later.",
    },
    "unavailable.job_given_up": {
      title: "The job could not be done.",
      remedy: "Look at what it met, mend that, and start it again.",
    },
    "refused.contract": {
      title: "The network’s rules refuse this.",
      remedy: "Nothing was changed. Look again: somebody may have done it already, or you may not do it.",
    },
    "refused.Directory.NotEnrolled": {
      title: "This person has no account here yet.",
      remedy: "Ask them to sign in here once, then try again.",
    },
    "refused.not_yours": {
      title: "This is not yours to see, or there is no such thing.",
      remedy: "Ask the patient for access; sign in as somebody who has it.",
    },
    "refused.vault_locked": { title: "Your key is locked.", remedy: "Unlock it with your wallet." },
    "refused.key_not_readable": {
      title: "This browser keeps your key so that nobody can read it out.",
      remedy: "Unlock with your wallet once more, then make the backup.",
    },
    "refused.replacement_under_way": {
      title: "A new key of yours is about to be registered already.",
      remedy: "Wait until it is, then look again. Nothing was signed.",
    },
    "refused.keeps_nothing": {
      title: "This browser keeps nothing for this site.",
      remedy:
        "It would have to keep your old key’s backup. Allow it to keep data, or use another browser. Nothing was sent.",
    },
    "refused.already_enrolled": {
      title: "You have a published key already.",
      remedy: "Open it with your wallet, your passphrase or your backup file.",
    },
    "refused.head_moving": {
      title: "Others kept adding to this record at the same time.",
      remedy: "Try again: what was sent is kept.",
    },
    "refused.wrong_key": {
      title: "A key was used that is not this entry’s.",
      remedy: "It is not shown. Tell the institution that runs this site.",
    },
    "input.sealed_otherwise": {
      title: "Other files were sealed under this upload.",
      remedy: "Choose the same files as before, or give the unfinished upload up and begin anew.",
    },
    "input.choose_again": {
      title: "Not all of the files were sealed before it broke off.",
      remedy: "Choose the same files again; what is sealed is not sealed twice.",
    },
    "input.ciphertext_gone": {
      title: "This browser no longer has all of what was sealed.",
      remedy: "Give this upload up and choose the files again.",
    },
    "input.file_changed": {
      title: "A file was changed or moved after it was chosen.",
      remedy: "Choose the files again.",
    },
    "input.nothing_to_upload": { title: "There is nothing to upload.", remedy: "Choose a file." },
    "input.too_many": { title: "These are too many entries for one upload.", remedy: "Send them in several uploads." },
    "input.no_custodian": {
      title: "This site names nobody who keeps key parts.",
      remedy: "Add it as private, or use another site.",
    },
    "input.job_running": { title: "This is running already.", remedy: "Wait until it is done, or stop it." },
    "input.application_not_signed": {
      title: "No licensing board has signed this application yet.",
      remedy: "Wait until it is signed.",
    },
    "not_found.backup": {
      title: "There is no backup here that opens your key.",
      remedy: "Use your passphrase, or the backup file that you kept.",
    },
    "not_found.upload": {
      title: "This browser keeps no such upload.",
      remedy: "Look whether the entries are there already; else choose the files again.",
    },
    "configuration.known_node": {
      title: "What this browser keeps about this site can’t be read.",
      remedy: "If you are sure of the address, clear what the browser keeps for this site, and load the page again.",
    },
    "crypto.cannot_seal": {
      title: "It could not be sealed.",
      remedy: "Nothing was sent. Try again; if it stays, load the page again.",
    },
    "sealing.fault": {
      title: "What was sealed does not read back.",
      remedy: "Nothing was stored. Tell the institution that runs this site.",
    },
    storage: {
      title: "A place where records are kept does not do its work.",
      remedy: "Records are kept in several places. Tell the institution that runs this site.",
    },
    intake: {
      title: "The files can’t be taken as they are.",
      remedy: "Nothing was stored. Mend what is listed, and give all of them again.",
    },
    "refused.old_browser": {
      title: "This browser is too old for this.",
      remedy: "Nothing was changed. Update it, or use another one.",
    },
    refused: { title: "The rules don’t allow this.", remedy: "" },
  },
};
