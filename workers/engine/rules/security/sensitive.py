"""Names of columns that hold what is nobody else's business."""

from __future__ import annotations

_CREDENTIALS = """
password passwd pwd passphrase secret secret_key private_key api_key apikey auth_key token jwt
access_token refresh_token oauth_token session_token bearer_token auth_code session_id session_key
session_secret recovery_code backup_code verification_code otp two_factor 2fa_secret 2fa_code
pgp_key gpg_key ssh_key certificate license_key activation_key
"""
_PERSONAL = """
ssn social_security social_security_number driver_license drivers_license license_number
passport_number passport_id national_id tax_id health_record medical_record patient_id
insurance_number health_insurance medical_insurance treatment facial_recognition
"""
_FINANCIAL = """
credit_card card_number cvv cvc cvn bank_account account_number routing_number iban swift_code bic
"""
_DEVICES = "mac_address macaddr imei device_uuid"

_NAMES = frozenset(f"{_CREDENTIALS}{_PERSONAL}{_FINANCIAL}{_DEVICES}".split())


def is_sensitive(column: str) -> bool:
    """Whether a column is named like one that splinter's lint 0023 calls sensitive."""
    return column.lower().replace("-", "_") in _NAMES
