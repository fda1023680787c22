// An EIP-6963 wallet in the page, as an extension puts one there. It holds no key: every request is answered by the test.
(() => {
  if (globalThis.top !== globalThis || globalThis.mendrecTestWalletEmit) return;
  const listeners = new Map();
  const provider = {
    isMendrecTestWallet: true,
    async request({ method, params }) {
      const answer = await globalThis.mendrecTestWallet({ method, params: params ?? [] });
      if (answer.error) throw Object.assign(new Error(answer.error.message), { code: answer.error.code });
      return answer.result;
    },
    on(event, listener) {
      listeners.set(event, [...(listeners.get(event) ?? []), listener]);
      return provider;
    },
    removeListener(event, listener) {
      const left = (listeners.get(event) ?? []).filter((one) => one !== listener);
      listeners.set(event, left);
      return provider;
    },
  };
  globalThis.mendrecTestWalletEmit = (event, value) => {
    for (const listener of listeners.get(event) ?? []) listener(value);
  };
  const icon = "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'><rect width='1' height='1'/></svg>";
  const info = Object.freeze({ uuid: "6f0c3e0e-8f1b-4e0a-9d5c-6a2f7f0d1c11", name: "Test wallet", icon, rdns: "example.test-wallet" });
  const announce = () => {
    const detail = Object.freeze({ info, provider });
    globalThis.dispatchEvent(new CustomEvent("eip6963:announceProvider", { detail }));
  };
  globalThis.addEventListener("eip6963:requestProvider", announce);
  announce();
})();
