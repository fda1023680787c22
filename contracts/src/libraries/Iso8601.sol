// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title Iso8601: Unix seconds as people read them, "2026-12-21T08:00:00Z"
/// @notice Signed acts show times in this form, so that a wallet shows its owner a date and not a number.
/// @dev Proleptic Gregorian calendar, UTC, no leap seconds, always 20 characters. The day count is turned into a date
/// by the usual reckoning of years from 1 March, so that the leap day comes last.
library Iso8601 {
    /// @notice Thrown for a time after 9999-12-31T23:59:59Z, which this form cannot show.
    error TimeNotRepresentable(uint256 unixSeconds);

    uint256 internal constant LAST_SECOND = 253_402_300_799;

    uint256 private constant SECONDS_PER_DAY = 86_400;
    uint256 private constant DAYS_FROM_0000_03_01_TO_1970 = 719_468;
    uint256 private constant DAYS_PER_ERA = 146_097; // 400 years
    uint256 private constant YEARS_PER_ERA = 400;

    /// @notice Returns the EIP-712 encoding of the time as a `string` member: the hash of its characters.
    function hash(uint256 unixSeconds) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(format(unixSeconds)));
    }

    /// @notice Returns the 20 characters `YYYY-MM-DDTHH:MM:SSZ`.
    function format(uint256 unixSeconds) internal pure returns (bytes20) {
        if (unixSeconds > LAST_SECOND) revert TimeNotRepresentable(unixSeconds);
        // Nothing below can overflow: no time is later than LAST_SECOND, and no pair of digits above 99.
        unchecked {
            (uint256 year, uint256 month, uint256 day) = _date(unixSeconds / SECONDS_PER_DAY);
            uint256 second = unixSeconds % SECONDS_PER_DAY;
            uint256 characters = uint160(bytes20("0000-00-00T00:00:00Z"));
            // A character is 8 bits; the shifts count from the right.
            characters += (_digits(year / 100) << 144) + (_digits(year % 100) << 128);
            characters += (_digits(month) << 104) + (_digits(day) << 80);
            characters += (_digits(second / 3600) << 56) + (_digits((second / 60) % 60) << 32) + (_digits(second % 60) << 8);
            return bytes20(uint160(characters));
        }
    }

    /// @dev Days since 1970-01-01 to a calendar date; a year of the reckoning starts on 1 March.
    function _date(uint256 daysSince1970) private pure returns (uint256 year, uint256 month, uint256 day) {
        unchecked {
            uint256 dayCount = daysSince1970 + DAYS_FROM_0000_03_01_TO_1970;
            uint256 dayOfEra = dayCount % DAYS_PER_ERA;
            // Takes out the leap days of 4 years, puts back those missing every 100, takes out the era's last.
            uint256 yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
            uint256 dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
            // March to January repeat 31, 30, 31, 30, 31 days: 153 days in 5 months.
            uint256 monthFromMarch = (5 * dayOfYear + 2) / 153;
            day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1;
            month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
            year = yearOfEra + (dayCount / DAYS_PER_ERA) * YEARS_PER_ERA + (month <= 2 ? 1 : 0);
        }
    }

    /// @dev What a number below 100 adds to the characters "00": 256 * tens + ones = number + 246 * tens.
    function _digits(uint256 number) private pure returns (uint256) {
        unchecked {
            return number + 246 * (number / 10);
        }
    }
}
