import type { errors as english } from "../en/errors.ts";
import type { Texts } from "../text.ts";

export const errors: Texts<typeof english> = {
  usesOwnWords: "no",
  requestId: "사이트 운영자에게 알려 줄 요청 번호:",
  unexpected: {
    title: "이 페이지에 문제가 생겼습니다.",
    remedy: "기록은 바뀌지 않았습니다. 다시 시도하고, 계속되면 페이지를 새로 고치십시오.",
  },
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
    "refused.csrf": { title: "페이지가 오래되었습니다.", remedy: "페이지를 새로 고친 뒤 다시 시도하십시오." },
    "verification.node": {
      title: "사이트의 응답이 요청한 내용과 다릅니다.",
      remedy: "서명하거나 보낸 것은 없습니다. 이 사이트를 운영하는 기관에 알리거나 다른 사이트를 사용하십시오.",
    },
    "verification.custodians_changed": {
      title: "열쇠 조각을 보관하는 기관이 바뀌었습니다.",
      remedy: "계속하기 전에 전화 등으로 기관에 확인하십시오.",
    },
    "verification.identity_backup": {
      title: "열쇠 백업이 맞지 않습니다.",
      remedy: "지갑에서 올바른 계정을 선택했는지 확인하십시오.",
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
    refused: { title: "규칙상 할 수 없습니다.", remedy: "" },
  },
};
