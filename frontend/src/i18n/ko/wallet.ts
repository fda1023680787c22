import type { wallet as english } from "../en/wallet.ts";
import type { Texts } from "../text.ts";

export const wallet: Texts<typeof english> = {
  chooseTitle: "지갑으로 로그인",
  chooseText:
    "지갑은 열쇠를 보관하는 브라우저나 휴대전화의 작은 앱입니다. 서명은 지갑이 하며 열쇠는 지갑 밖으로 나오지 않습니다.",
  continueWith: (x) => `${x.name}(으)로 계속`,
  none: "이 브라우저에서 지갑을 찾지 못했습니다",
  noneText:
    "MetaMask, Rabby 또는 의료 기관이 권하는 지갑을 설치한 뒤 이 페이지로 돌아오십시오. 지갑이 저절로 나타납니다.",
  looking: "지갑을 찾고 있습니다",
  demoTitle: "다음 사람 중 한 명으로 체험하기",
  demoText: "이 컴퓨터의 시연에만 있는 사람들입니다. 실제 정보는 없으며, 한 번만 누르면 됩니다.",
  demoOther: "또는 내 지갑 사용하기",
  demoShare: "이 시연의 다른 사람들",
  connecting: (x) => `${x.name}을(를) 기다리고 있습니다`,
  connectingText: "이 페이지에 계정 주소를 보여도 되는지 지갑이 묻습니다. 다른 것은 보이지 않습니다.",
  signingIn: "서명 한 번으로 로그인",
  signingInText:
    "지갑에 이 사이트의 이름이 적힌 글이 나타납니다. 서명하면 본인의 계정임이 확인됩니다. 비용은 없으며 아무 정보도 넘어가지 않습니다.",
  waitingFor: (x) => `${x.name}에서 답을 기다리고 있습니다.`,
  wrongNetworkTitle: "지갑이 다른 네트워크로 설정되어 있습니다",
  wrongNetworkText: "이 사이트의 허락은 지금 지갑에 설정된 것과 다른 네트워크에 보관됩니다.",
  switchNetwork: "네트워크 바꾸기",
  disconnectedTitle: "지갑 연결이 끊어졌습니다",
  disconnectedText: "열려 있는 내용은 그대로 볼 수 있습니다. 공유하거나 추가하거나 열기 전에 지갑을 다시 켜십시오.",
  other: "다른 지갑 사용",
};
