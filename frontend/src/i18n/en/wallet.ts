/** Wallets, in plain words. */
export const wallet = {
  chooseTitle: "Sign in with your wallet",
  chooseText:
    "A wallet is a small app in your browser or on your phone that keeps your key. It signs for you; the key never leaves it.",
  continueWith: (x: { name: string }) => `Continue with ${x.name}`,
  none: "No wallet was found in this browser",
  noneText:
    "Install a wallet such as MetaMask, Rabby or another one that your institution recommends, then come back to this page. It shows up here by itself.",
  looking: "Looking for wallets",
  demoTitle: "Try it as one of these people",
  demoText: "They live in a demonstration on this computer. Nothing here is real, and nothing is needed but one click.",
  demoOther: "Or use a wallet of your own",
  demoShare: "More of this world",
  connecting: (x: { name: string }) => `Waiting for ${x.name}`,
  connectingText: "Your wallet asks whether this page may see your account’s address. It sees nothing else.",
  signingIn: "Sign in with one signature",
  signingInText:
    "Your wallet shows a text with this site’s name. Signing it proves that the account is yours. It costs nothing and gives nothing away.",
  waitingFor: (x: { name: string }) => `${x.name} waits for your answer.`,
  wrongNetworkTitle: "Your wallet is set to another network",
  wrongNetworkText: "This site’s permissions live on another network than the one your wallet shows.",
  switchNetwork: "Switch the network",
  disconnectedTitle: "Your wallet is not connected any more",
  disconnectedText: "What is open stays open. Turn the wallet on again before you share, add or open anything.",
  other: "Use another wallet",
} as const;
