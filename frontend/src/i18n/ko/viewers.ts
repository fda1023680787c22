import type { viewers as english } from "../en/viewers.ts";
import type { Texts } from "../text.ts";

export const viewers: Texts<typeof english> = {
  save: "사본 저장",
  opening: "파일을 열고 있습니다",
  onlySave: "이 종류의 파일은 여기에서 볼 수 없습니다. 사본을 저장하여 다른 프로그램으로 여십시오.",
  kinds: {
    fhir: "건강 데이터",
    dicom: "의료 영상",
    pdf: "PDF 문서",
    text: "글",
    image: "그림",
    download: "파일",
  },
  cannot: {
    damaged: {
      title: "이 파일을 보여 드릴 수 없습니다.",
      text: "내용이 표시된 종류와 다르거나 일부가 빠져 있습니다. 파일은 기록에 넣은 그대로 도착했습니다. 사본을 저장하여 다른 프로그램으로 열어 보십시오.",
    },
    tooLarge: {
      title: "파일이 너무 커서 여기에서 볼 수 없습니다.",
      text: "파일에는 문제가 없습니다. 사본을 저장하여 다른 프로그램으로 여십시오.",
    },
    unsupported: {
      title: "여기에서 볼 수 없는 종류의 파일입니다.",
      text: "파일에는 문제가 없습니다. 사본을 저장하여 알맞은 프로그램으로 여십시오.",
    },
    notLoaded: {
      title: "이런 파일을 보여 주는 화면을 불러오지 못했습니다.",
      text: "파일은 여기에 있으므로 사본을 저장할 수 있습니다. 연결을 확인하고 다시 시도하십시오.",
    },
  },
  text: {
    empty: "빈 파일입니다.",
    cut: (x) => `처음 ${x.shown}만 보입니다. 전체를 보려면 사본을 저장하십시오.`,
    someRows: (x) => `전체 ${x.total}행 중 처음 ${x.shown}행입니다. 전체를 보려면 사본을 저장하십시오.`,
    hiddenCharacter: "보이지 않는 문자",
    encoding: "문자 인코딩",
    encodingHint: "글자가 깨져 보이면 다른 것을 선택하십시오.",
    encodings: {
      "utf-8": "유니코드 (UTF-8)",
      "euc-kr": "한국어 (EUC-KR)",
      "windows-1252": "서유럽어 (Latin 1)",
      "utf-16le": "유니코드 (UTF-16 리틀 엔디언)",
      "utf-16be": "유니코드 (UTF-16 빅 엔디언)",
    },
  },
  image: {
    fit: "화면에 맞추기",
    ownSize: "실제 크기로 보기",
  },
  series: {
    showTable: "표로 보기",
    showChart: "그래프로 보기",
    chartLabel: (x) => `${x.title}: 값 ${x.count}개의 그래프입니다. 화살표 키로 값을 차례로 볼 수 있습니다.`,
    latest: (x) => `최근 값: ${x.value} ${x.unit} (${x.date})`,
    rangeBetween: (x) => `참고 범위 ${x.low}~${x.high}`,
    rangeFrom: (x) => `참고 범위 ${x.low} 이상`,
    rangeTo: (x) => `참고 범위 ${x.high} 이하`,
    outside: "참고 범위를 벗어남",
    when: "날짜",
    what: "항목",
    value: "값",
    range: "참고 범위",
  },
};
