// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {ConsentCore} from "./base/ConsentCore.sol";
import {IConsent} from "./interfaces/IConsent.sol";
import {ConsentActs} from "./libraries/ConsentActs.sol";
import {Authorization, REQUEST_DECLINED, REQUEST_WITHDRAWN, Terms} from "./types/Types.sol";

/// @title Consent
/// @dev The doors: each act by its caller and by signature. The acts themselves and what can be read are in ConsentCore.
contract Consent is ConsentCore {
    /// @param directoryAddress The Directory, which must be deployed before.
    constructor(address directoryAddress) EIP712("Mendrec Consent", version()) ConsentCore(directoryAddress) {}

    // -------------------------------------------------------------- by the patient

    /// @inheritdoc IConsent
    function grant(address grantee, uint16[] calldata categories, Terms calldata terms) external {
        _directory.requireGrantable(msg.sender, grantee, categories);
        _grant(msg.sender, grantee, categories, terms);
    }

    /// @inheritdoc IConsent
    function renew(address grantee, uint16[] calldata categories, uint40 until) external {
        _renew(msg.sender, grantee, categories, until);
    }

    /// @inheritdoc IConsent
    function narrow(address grantee, uint16[] calldata categories, uint8 rights, uint40 until) external {
        _narrow(msg.sender, grantee, categories, rights, until);
    }

    /// @inheritdoc IConsent
    function revoke(address grantee, uint16[] calldata categories) external {
        _revoke(msg.sender, grantee, categories);
    }

    /// @inheritdoc IConsent
    function approve(address requester, uint16[] calldata categories, Terms calldata terms) external {
        _approve(msg.sender, requester, categories, terms);
    }

    /// @inheritdoc IConsent
    function decline(bytes32 requestId, address requester, uint16[] calldata categories, Terms calldata terms)
        external
    {
        if (requestId != _requestId(msg.sender, requester, categories, terms)) revert RequestNotPending(requestId);
        _closeRequest(requestId, REQUEST_DECLINED);
    }

    // ------------------------------------------------------------- by a clinician

    /// @inheritdoc IConsent
    function ask(address patient, uint16[] calldata categories, Terms calldata terms) external returns (bytes32) {
        _directory.requireCategories(categories);
        return _ask(msg.sender, patient, categories, terms);
    }

    /// @inheritdoc IConsent
    function withdrawRequest(address patient, uint16[] calldata categories, Terms calldata terms) external {
        _closeRequest(_requestId(patient, msg.sender, categories, terms), REQUEST_WITHDRAWN);
    }

    // -------------------------------------------------------- by a holder of SHARE

    /// @inheritdoc IConsent
    function passOn(address patient, address grantee, uint16[] calldata categories, Terms calldata terms) external {
        _passOn(msg.sender, patient, grantee, categories, terms);
    }

    /// @inheritdoc IConsent
    function takeBack(address patient, address grantee, uint16[] calldata categories) external {
        _takeBack(msg.sender, patient, grantee, categories);
    }

    // ------------------------------------------------------------- by the grantee

    /// @inheritdoc IConsent
    function renounce(address patient, uint16[] calldata categories) external {
        _renounce(msg.sender, patient, categories);
    }

    // ---------------------------------------------------------------- by signature

    /// @inheritdoc IConsent
    function grantBySig(
        address patient,
        address grantee,
        uint16[] calldata categories,
        Terms calldata terms,
        uint32[] calldata sequences,
        Authorization calldata auth
    ) external {
        bytes32 codes = _codesHash(categories);
        _authorize(
            patient, ConsentActs.giving(ConsentActs.GRANT_TYPEHASH, patient, grantee, codes, terms, sequences), auth
        );
        _requireSequences(patient, grantee, categories, sequences);
        // That the categories exist, their codes have shown.
        _directory.requireParties(patient, grantee);
        _grant(patient, grantee, categories, terms);
    }

    /// @inheritdoc IConsent
    function renewBySig(
        address patient,
        address grantee,
        uint16[] calldata categories,
        uint40 until,
        uint32[] calldata sequences,
        Authorization calldata auth
    ) external {
        _authorize(patient, ConsentActs.renew(patient, grantee, _codesHash(categories), until, sequences), auth);
        _requireSequences(patient, grantee, categories, sequences);
        _renew(patient, grantee, categories, until);
    }

    /// @inheritdoc IConsent
    function narrowBySig(
        address patient,
        address grantee,
        uint16[] calldata categories,
        uint8 rights,
        uint40 until,
        uint32[] calldata sequences,
        Authorization calldata auth
    ) external {
        bytes32 codes = _codesHash(categories);
        _authorize(patient, ConsentActs.narrow(patient, grantee, codes, rights, until, sequences), auth);
        _requireSequences(patient, grantee, categories, sequences);
        _narrow(patient, grantee, categories, rights, until);
    }

    /// @inheritdoc IConsent
    function revokeBySig(
        address patient,
        address grantee,
        uint16[] calldata categories,
        uint32[] calldata sequences,
        Authorization calldata auth
    ) external {
        _authorize(patient, ConsentActs.revoke(patient, grantee, _codesHash(categories), sequences), auth);
        _requireUntouchedByPatient(patient, grantee, categories, sequences);
        _revoke(patient, grantee, categories);
    }

    /// @inheritdoc IConsent
    function approveBySig(
        address patient,
        address requester,
        uint16[] calldata categories,
        Terms calldata terms,
        uint32[] calldata sequences,
        Authorization calldata auth
    ) external {
        bytes32 codes = _codesHash(categories);
        _authorize(
            patient, ConsentActs.giving(ConsentActs.APPROVE_TYPEHASH, patient, requester, codes, terms, sequences), auth
        );
        _requireSequences(patient, requester, categories, sequences);
        _approve(patient, requester, categories, terms);
    }

    /// @inheritdoc IConsent
    function declineBySig(
        address patient,
        address requester,
        uint16[] calldata categories,
        Terms calldata terms,
        Authorization calldata auth
    ) external {
        bytes32 codes = _codesHash(categories);
        _authorize(patient, ConsentActs.asking(ConsentActs.DECLINE_TYPEHASH, patient, requester, codes, terms), auth);
        _closeRequest(_requestId(patient, requester, categories, terms), REQUEST_DECLINED);
    }

    /// @inheritdoc IConsent
    function askBySig(
        address requester,
        address patient,
        uint16[] calldata categories,
        Terms calldata terms,
        Authorization calldata auth
    ) external returns (bytes32) {
        bytes32 codes = _codesHash(categories);
        _authorize(requester, ConsentActs.asking(ConsentActs.ASK_TYPEHASH, requester, patient, codes, terms), auth);
        return _ask(requester, patient, categories, terms);
    }

    /// @inheritdoc IConsent
    function withdrawRequestBySig(
        address requester,
        address patient,
        uint16[] calldata categories,
        Terms calldata terms,
        Authorization calldata auth
    ) external {
        bytes32 codes = _codesHash(categories);
        bytes32 typeHash = ConsentActs.WITHDRAW_REQUEST_TYPEHASH;
        _authorize(requester, ConsentActs.asking(typeHash, requester, patient, codes, terms), auth);
        _closeRequest(_requestId(patient, requester, categories, terms), REQUEST_WITHDRAWN);
    }

    /// @inheritdoc IConsent
    function passOnBySig(
        address delegator,
        address patient,
        address grantee,
        uint16[] calldata categories,
        Terms calldata terms,
        uint32[] calldata sequences,
        Authorization calldata auth
    ) external {
        bytes32 codes = _codesHash(categories);
        _authorize(delegator, ConsentActs.passOn(delegator, patient, grantee, codes, terms, sequences), auth);
        _requireSequences(patient, grantee, categories, sequences);
        _passOn(delegator, patient, grantee, categories, terms);
    }

    /// @inheritdoc IConsent
    function takeBackBySig(
        address delegator,
        address patient,
        address grantee,
        uint16[] calldata categories,
        Authorization calldata auth
    ) external {
        _authorize(delegator, ConsentActs.takeBack(delegator, patient, grantee, _codesHash(categories)), auth);
        _takeBack(delegator, patient, grantee, categories);
    }

    /// @inheritdoc IConsent
    function renounceBySig(
        address grantee, address patient, uint16[] calldata categories, Authorization calldata auth
    ) external {
        _authorize(grantee, ConsentActs.renounce(grantee, patient, _codesHash(categories)), auth);
        _renounce(grantee, patient, categories);
    }

    /// @inheritdoc IConsent
    function version() public pure returns (string memory) {
        return "1";
    }
}
