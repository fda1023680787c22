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
    "refused.csrf": { title: "This page is out of date.", remedy: "Reload it, and try again." },
    "verification.node": {
      title: "This site’s answer does not match what you asked for.",
      remedy: "Nothing was signed and nothing was sent. Tell the institution that runs this site, or use another one.",
    },
    "verification.custodians_changed": {
      title: "The institutions that keep key parts have changed.",
      remedy: "Ask the institution, by telephone for example, whether that is right before you go on.",
    },
    "verification.identity_backup": {
      title: "The backup of your key does not fit.",
      remedy: "Check that your wallet is set to the right account.",
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
    refused: { title: "The rules don’t allow this.", remedy: "" },
  },
};
