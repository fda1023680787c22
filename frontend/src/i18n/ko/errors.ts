import type { errors as english } from "../en/errors.ts";
import type { Texts } from "../text.ts";

export const errors: Texts<typeof english> = {
  usesOwnWords: "no",
  requestId: "사이트 운영자에게 알려 줄 요청 번호:",
  unexpected: {
    title: "이 페이지에 문제가 생겼습니다.",
    remedy: "기록은 바뀌지 않았습니다. 다시 시도하고, 계속되면 페이지를 새로 고치십시오.",
  },
  mayHappen: "서명하신 일이 아직 효력을 낼 수 있습니다. 다시 서명하기 전에 지금 상태를 확인하십시오.",
  byCode: {
    cancelled: { title: "멈추었습니다.", remedy: "더 진행되는 것은 없습니다." },
    offline: {
      title: "인터넷에 연결되어 있지 않습니다.",
      remedy: "잃어버린 것은 없습니다. 다시 연결되면 시도하십시오.",
    },
    "wallet.refused": {
      title: "지갑에서 거절했습니다.",
      remedy: "아무 일도 하지 않았습니다. 계속하려면 다시 시도하십시오.",
    },
    "wallet.locked": { title: "지갑이 잠겨 있습니다.", remedy: "지갑을 열어 잠금을 푼 뒤 다시 시도하십시오." },
    "wallet.wrong_chain": {
      title: "지갑이 다른 네트워크로 설정되어 있습니다.",
      remedy: "지갑에서 네트워크를 바꾼 뒤 다시 시도하십시오.",
    },
    "wallet.wrong_account": {
      title: "지갑에서 다른 계정이 선택되어 있습니다.",
      remedy: "로그인한 계정을 선택하거나, 다른 계정으로 다시 로그인하십시오.",
    },
    "wallet.wrong_signature": {
      title: "지갑이 다른 계정으로 서명했습니다.",
      remedy: "서명은 보관하지도 보내지도 않았습니다. 지갑에서 로그인한 계정을 선택하고 다시 시도하십시오.",
    },
    "wallet.busy": {
      title: "지갑이 아직 답을 기다리고 있습니다.",
      remedy: "지갑을 열어 답한 뒤 다시 시도하십시오.",
    },
    "wallet.unsupported": {
      title: "이 지갑으로는 할 수 없습니다.",
      remedy: "지갑을 업데이트하거나, 같은 계정으로 다른 지갑을 사용하십시오.",
    },
    "wallet.gone": {
      title: "지갑이 응답하지 않습니다.",
      remedy: "지갑이 켜져 있는지 확인하고, 페이지를 새로 고친 뒤 다시 시도하십시오.",
    },
    "unavailable.node": {
      title: "사이트가 응답하지 않습니다.",
      remedy: "잃어버린 것도, 두 번 처리된 것도 없습니다. 잠시 뒤 다시 시도하십시오.",
    },
    "unavailable.chain": {
      title: "허락을 보관하는 네트워크가 응답하지 않습니다.",
      remedy: "응답할 때까지는 아무것도 열거나 바꾸지 않습니다. 잠시 뒤 다시 시도하십시오.",
    },
    "unavailable.custodian": {
      title: "응답하는 열쇠 보관자가 부족합니다.",
      remedy: "기록은 안전하지만 지금은 열 수 없습니다. 잠시 뒤 다시 시도하십시오.",
    },
    "unavailable.ledger": {
      title: "사이트는 끝났다고 하지만 지갑을 통해 확인하지 못했습니다.",
      remedy: "지갑을 열고 다시 확인하십시오. 그때까지는 끝난 것으로 여기지 마십시오.",
    },
    "unavailable.ledger.behind": {
      title: "사이트는 끝났다고 하지만 공개 원장에는 아직 나타나지 않았습니다.",
      remedy: "잠시 후 다시 확인하십시오. 그때까지는 끝난 것으로 여기지 마십시오.",
    },
    "unavailable.act_pending": {
      title: "아직 처리하고 있습니다.",
      remedy: "잠시 뒤 다시 확인하십시오. 같은 일을 두 번 하지 마십시오.",
    },
    unavailable: {
      title: "지금은 할 수 없습니다.",
      remedy: "잃어버린 것은 없습니다. 잠시 뒤 다시 시도하십시오.",
    },
    "refused.sign_in_needed": {
      title: "로그인이 끝났습니다.",
      remedy: "다시 로그인하십시오. 이 페이지는 그대로 남아 있습니다.",
    },
    "refused.sign_in": { title: "로그인이 받아들여지지 않았습니다.", remedy: "다시 시도하십시오." },
    "refused.access.expired": { title: "허락 기간이 끝났습니다.", remedy: "환자에게 다시 요청하십시오." },
    "refused.access.nothing_granted": {
      title: "환자가 허락하지 않았습니다.",
      remedy: "환자에게 열람을 요청하십시오.",
    },
    "refused.access.not_yet_valid": {
      title: "허락이 아직 시작되지 않았습니다.",
      remedy: "시작될 때까지 기다리십시오.",
    },
    "refused.access.purpose_mismatch": {
      title: "다른 목적으로 받은 허락입니다.",
      remedy: "허락받은 목적으로 열람하거나 다시 요청하십시오.",
    },
    "refused.access": { title: "환자가 허락하지 않았습니다.", remedy: "환자에게 열람을 요청하십시오." },
    "refused.release": {
      title: "열쇠 보관자가 열쇠를 내주지 않았습니다.",
      remedy: "허락을 확인하고 다시 시도하십시오.",
    },
    "refused.release.stale": {
      title: "요청이 너무 늦게 도착했습니다.",
      remedy: "이 기기의 시계를 확인하고 다시 시도하십시오.",
    },
    "refused.private": { title: "비공개 항목입니다.", remedy: "환자 본인만 열 수 있습니다." },
    "refused.too_many_requests": { title: "요청이 너무 잦습니다.", remedy: "1분 뒤 다시 시도하십시오." },
    "refused.quota_exceeded": {
      title: "남은 공간이 없습니다.",
      remedy: "이 사이트를 운영하는 기관에 공간을 요청하십시오.",
    },
    "refused.non_repeating_signature": {
      title: "지갑의 서명이 매번 달라집니다.",
      remedy: "대신 암호문으로 열쇠를 보호하십시오.",
    },
    "refused.session.other_person": {
      title: "다른 탭에서 다른 사람이 로그인했습니다.",
      remedy: "그 사람의 이름으로 보이거나 처리된 것은 없습니다. 여기서 다시 로그인하거나 그 탭에서 계속하십시오.",
    },
    "unavailable.storage": {
      title: "이것이 보관된 곳에서 응답하지 않습니다.",
      remedy: "잃은 것은 없습니다. 잠시 뒤 다시 시도하십시오.",
    },
    "unavailable.read_late": {
      title: "이것이 보관된 곳의 응답이 너무 늦습니다.",
      remedy: "잃은 것은 없습니다. 잠시 뒤 다시 시도하십시오.",
    },
    "refused.csrf": { title: "페이지가 오래되었습니다.", remedy: "페이지를 새로 고친 뒤 다시 시도하십시오." },
    "verification.node.prepared": {
      title: "사이트의 응답이 요청한 내용과 다릅니다.",
      remedy: "서명하거나 보낸 것은 없습니다. 이 사이트를 운영하는 기관에 알리거나 다른 사이트를 사용하십시오.",
    },
    "verification.node": {
      title: "사이트의 응답이 맞지 않습니다.",
      remedy: "그 응답은 쓰지 않았습니다. 이 사이트를 운영하는 기관에 알리거나 다른 사이트를 사용하십시오.",
    },
    "verification.custodians_changed": {
      title: "열쇠 조각을 보관하는 기관이 바뀌었습니다.",
      remedy: "계속하기 전에 전화 등으로 기관에 확인하십시오.",
    },
    "verification.identity_backup": {
      title: "열쇠 백업이 맞지 않습니다.",
      remedy: "지갑에서 올바른 계정을 선택했는지 확인하십시오.",
    },
    "refused.Consent.BlockHeld": {
      title: "환자가 이 가운데 일부를 직접 주었거나 거두었습니다.",
      remedy: "환자만 다시 줄 수 있습니다. 환자에게 요청하거나 다른 부분을 다시 공유하십시오.",
    },
    "verification.cannot_open.content": {
      title: "나를 위해 잠근 것 안에 이 항목의 열쇠가 없습니다.",
      remedy: "내 열쇠 때문이 아닙니다. 항목을 추가한 사람이 잘못 만든 것이니 다시 추가해 달라고 하십시오.",
    },
    "verification.cannot_open.own": {
      title: "이 항목은 지금의 열쇠로 열리지 않습니다.",
      remedy:
        "추가된 뒤에 열쇠를 바꾸었다면 이전 열쇠로 열립니다. ‘열쇠와 복구’에서 ‘저장한 열쇠로 이전 기록 열기’를 고르십시오. 아니면 추가한 사람에게 물어보십시오.",
    },
    "verification.sealed_to_oneself_mismatch": {
      title: "내 이름 목록이 내가 만든 것이 아닙니다.",
      remedy:
        "그 목록의 이름은 보여 주지도 쓰지도 않으며, 목록은 바꾸지 않았습니다. 이 사이트를 운영하는 기관에 알리십시오. 누군가에게 이름을 붙일 때 새 목록을 시작할 수 있습니다.",
    },
    "verification.address_book_closed": {
      title: "내 이름 목록이 내 열쇠로 열리지 않습니다.",
      remedy:
        "그 뒤에 바꾼 예전 열쇠로 봉인했거나 내용이 바뀌었습니다. 그 목록의 이름은 보여 주지 않습니다. 누군가에게 이름을 붙일 때 새 목록을 시작할 수 있습니다.",
    },
    "verification.sealed_to_oneself_older": {
      title: "이 브라우저가 본 것보다 오래된 이름 목록을 사이트가 보냈습니다.",
      remedy:
        "그 목록의 이름은 보여 주지도 쓰지도 않으며, 목록은 바꾸지 않았습니다. 이 사이트를 운영하는 기관에 자료를 잃었는지 물어보십시오. 누군가에게 이름을 붙일 때 새 목록을 시작할 수 있습니다.",
    },
    verification: {
      title: "받은 내용이 원래 내용과 다릅니다.",
      remedy:
        "표시하지 않습니다. 다른 곳에 올바른 사본이 있을 수 있습니다. 다시 시도하거나 기록을 점검하고 복구하십시오.",
    },
    "input.wrong_passphrase": { title: "암호문이 맞지 않습니다.", remedy: "다시 입력하십시오." },
    "input.too_large": { title: "크기가 너무 큽니다.", remedy: "더 작은 파일을 고르거나 나누십시오." },
    "input.other_key_published": {
      title: "다른 열쇠가 등록되어 있습니다.",
      remedy: "백업에서 그 열쇠를 복구하거나 “열쇠와 복구”에서 바꾸십시오.",
    },
    input: { title: "이대로는 사용할 수 없습니다.", remedy: "입력한 내용을 확인하고 다시 시도하십시오." },
    "conflict.safe": {
      title: "그동안 다른 곳에서 바뀌었습니다.",
      remedy: "페이지를 새로 고친 뒤 다시 시도하십시오.",
    },
    "conflict.application_open": { title: "이미 그 기관에 신청했습니다.", remedy: "답을 기다리십시오." },
    conflict: {
      title: "그동안 다른 곳에서 바뀌었습니다.",
      remedy: "페이지를 새로 고친 뒤 다시 시도하십시오.",
    },
    not_found: { title: "찾을 수 없습니다.", remedy: "없어졌거나 볼 수 있는 대상이 아닐 수 있습니다." },
    configuration: {
      title: "이 사이트에는 그 기능이 설정되어 있지 않습니다.",
      remedy: "사이트를 운영하는 기관에 알려 주십시오.",
    },
    "unavailable.vault": {
      title: "열쇠를 담은 페이지 부분이 멈추었습니다.",
      remedy: "페이지를 새로 고치십시오. 보내던 것은 멈춘 곳부터 이어집니다.",
    },
    "unavailable.no_room": {
      title: "브라우저에 남은 공간이 없습니다.",
      remedy: "기기의 공간을 비우거나 파일을 나누어 보내십시오.",
    },
    "unavailable.other_tab": {
      title: "이 브라우저의 다른 탭에서 올리고 있습니다.",
      remedy: "그 탭에서 계속하거나, 그 탭을 닫고 다시 시도하십시오.",
    },
    "unavailable.upload_under_way": {
      title: "기록을 보냈지만 아직 확인되지 않았습니다.",
      remedy: "잃어버린 것은 없습니다. 몇 분 뒤 다시 보십시오. 멈춘 곳부터 이어집니다.",
    },
    "unavailable.job_under_way": {
      title: "작업이 아직 끝나지 않았습니다.",
      remedy: "저절로 계속됩니다. 나중에 다시 보십시오.",
    },
    "unavailable.job_given_up": {
      title: "작업을 마치지 못했습니다.",
      remedy: "작업이 멈춘 까닭을 보고 고친 뒤 다시 시작하십시오.",
    },
    "refused.contract": {
      title: "네트워크의 규칙이 거절했습니다.",
      remedy: "바뀐 것은 없습니다. 다시 확인하십시오. 이미 처리되었거나 할 수 없는 일일 수 있습니다.",
    },
    "refused.Directory.NotEnrolled": {
      title: "이 사람은 아직 여기에 계정이 없습니다.",
      remedy: "먼저 한 번 로그인하도록 부탁한 뒤 다시 시도하십시오.",
    },
    "refused.not_yours": {
      title: "볼 수 없는 것이거나, 그런 것이 없습니다.",
      remedy: "환자에게 열람을 요청하거나, 허락받은 계정으로 로그인하십시오.",
    },
    "refused.vault_locked": { title: "열쇠가 잠겨 있습니다.", remedy: "지갑으로 잠금을 푸십시오." },
    "refused.key_not_readable": {
      title: "이 브라우저는 열쇠를 아무도 읽어 낼 수 없게 보관합니다.",
      remedy: "지갑으로 한 번 더 잠금을 푼 뒤 백업을 만드십시오.",
    },
    "refused.replacement_under_way": {
      title: "새 열쇠를 이미 등록하고 있습니다.",
      remedy: "등록이 끝날 때까지 기다린 뒤 다시 확인하십시오. 서명한 것은 없습니다.",
    },
    "refused.keeps_nothing": {
      title: "이 브라우저는 이 사이트의 데이터를 보관하지 않습니다.",
      remedy:
        "옛 열쇠의 백업을 보관해야 합니다. 데이터 저장을 허용하거나 다른 브라우저를 사용하십시오. 보낸 것은 없습니다.",
    },
    "refused.already_enrolled": {
      title: "이미 등록한 열쇠가 있습니다.",
      remedy: "지갑, 암호문 또는 백업 파일로 여십시오.",
    },
    "refused.head_moving": {
      title: "다른 사람이 동시에 이 기록에 추가하고 있습니다.",
      remedy: "다시 시도하십시오. 보낸 것은 남아 있습니다.",
    },
    "refused.wrong_key": {
      title: "이 기록의 열쇠가 아닌 열쇠가 쓰였습니다.",
      remedy: "표시하지 않습니다. 이 사이트를 운영하는 기관에 알리십시오.",
    },
    "input.sealed_otherwise": {
      title: "이 올리기에서는 다른 파일을 암호화했습니다.",
      remedy: "전과 같은 파일을 고르거나, 끝나지 않은 올리기를 그만두고 새로 시작하십시오.",
    },
    "input.choose_again": {
      title: "끊기기 전에 모든 파일을 암호화하지는 못했습니다.",
      remedy: "같은 파일을 다시 고르십시오. 암호화한 것은 다시 암호화하지 않습니다.",
    },
    "input.ciphertext_gone": {
      title: "암호화한 것 가운데 일부가 브라우저에 없습니다.",
      remedy: "이 올리기를 그만두고 파일을 다시 고르십시오.",
    },
    "input.file_changed": { title: "고른 뒤에 바뀌거나 옮겨진 파일이 있습니다.", remedy: "파일을 다시 고르십시오." },
    "input.nothing_to_upload": { title: "올릴 것이 없습니다.", remedy: "파일을 고르십시오." },
    "input.too_many": { title: "한 번에 올리기에는 기록이 너무 많습니다.", remedy: "여러 번에 나누어 올리십시오." },
    "input.no_custodian": {
      title: "이 사이트에는 열쇠 보관자가 없습니다.",
      remedy: "비공개로 추가하거나 다른 사이트를 사용하십시오.",
    },
    "input.job_running": { title: "이미 하고 있습니다.", remedy: "끝날 때까지 기다리거나 멈추십시오." },
    "input.application_not_signed": {
      title: "아직 서명한 면허 기관이 없습니다.",
      remedy: "서명될 때까지 기다리십시오.",
    },
    "not_found.backup": {
      title: "열쇠를 여는 백업이 여기에 없습니다.",
      remedy: "암호문이나 보관해 둔 백업 파일을 사용하십시오.",
    },
    "not_found.upload": {
      title: "이 브라우저에 그 올리기가 없습니다.",
      remedy: "기록이 이미 있는지 보고, 없으면 파일을 다시 고르십시오.",
    },
    "configuration.known_node": {
      title: "이 사이트에 대해 브라우저가 보관한 내용을 읽을 수 없습니다.",
      remedy: "주소가 확실하면 이 사이트의 브라우저 데이터를 지우고 페이지를 새로 고치십시오.",
    },
    "crypto.cannot_seal": {
      title: "암호화하지 못했습니다.",
      remedy: "보낸 것은 없습니다. 다시 시도하고, 계속되면 페이지를 새로 고치십시오.",
    },
    "sealing.fault": {
      title: "암호화한 것이 제대로 읽히지 않습니다.",
      remedy: "저장한 것은 없습니다. 이 사이트를 운영하는 기관에 알리십시오.",
    },
    storage: {
      title: "기록을 보관하는 곳에 문제가 있습니다.",
      remedy: "기록은 여러 곳에 보관됩니다. 이 사이트를 운영하는 기관에 알리십시오.",
    },
    intake: {
      title: "파일을 이대로 받을 수 없습니다.",
      remedy: "저장한 것은 없습니다. 알려 준 것을 고치고 모두 다시 보내십시오.",
    },
    "refused.old_browser": {
      title: "이 브라우저는 너무 오래되어 이 일을 할 수 없습니다.",
      remedy: "바뀐 것은 없습니다. 브라우저를 업데이트하거나 다른 것을 쓰십시오.",
    },
    refused: { title: "규칙상 할 수 없습니다.", remedy: "" },
  },
};
