#ifndef CONF_CHOICES_H
#define CONF_CHOICES_H

/* The settings whose value is one word of a few. Each list is written once, as pairs of the
 * enumerator and the word of the file; the enumerators are numbered in that order, and so are the
 * words that CHOICE_WORDS makes of the same list. A choice that was never made is CHOICE_UNSET. */
enum { CHOICE_UNSET = -1 };

#define LOG_LEVELS(W)                                                                              \
    W(LEVEL_DEBUG, "debug")                                                                        \
    W(LEVEL_INFO, "info")                                                                          \
    W(LEVEL_NOTICE, "notice")                                                                      \
    W(LEVEL_WARNING, "warning")                                                                    \
    W(LEVEL_ERROR, "error")                                                                        \
    W(LEVEL_CRITICAL, "critical")                                                                  \
    W(LEVEL_ALERT, "alert")                                                                        \
    W(LEVEL_EMERGENCY, "emergency")                                                                \
    W(LEVEL_NONE, "none")

#define RATES_MODES(W)                                                                             \
    W(RATES_NONE, "none")                                                                          \
    W(RATES_BASIC, "basic")                                                                        \
    W(RATES_DETAILED, "detailed")

#define LOG_FORMATTERS(W)                                                                          \
    W(FORMATTER_PLAINTEXT, "plaintext")                                                            \
    W(FORMATTER_JSON, "json")

#define TLS_VERIFY_MODES(W)                                                                        \
    W(TLS_VERIFY_NONE, "verify_none")                                                              \
    W(TLS_VERIFY_PEER, "verify_peer")

#define CERT_LOGIN_SOURCES(W)                                                                      \
    W(CERT_LOGIN_DISTINGUISHED_NAME, "distinguished_name")                                         \
    W(CERT_LOGIN_COMMON_NAME, "common_name")                                                       \
    W(CERT_LOGIN_ALTERNATIVE_NAME, "subject_alternative_name")                                     \
    W(CERT_LOGIN_ALT_NAME, "subject_alt_name")

#define CERT_LOGIN_SAN_TYPES(W)                                                                    \
    W(CERT_SAN_DNS, "dns")                                                                         \
    W(CERT_SAN_IP, "ip")                                                                           \
    W(CERT_SAN_EMAIL, "email")                                                                     \
    W(CERT_SAN_URI, "uri")                                                                         \
    W(CERT_SAN_OTHER_NAME, "other_name")

#define QUEUE_TYPES(W)                                                                             \
    W(QUEUE_TYPE_CLASSIC, "classic")                                                               \
    W(QUEUE_TYPE_QUORUM, "quorum")                                                                 \
    W(QUEUE_TYPE_STREAM, "stream")

/* In the order of enum password_hashing (broker/user.h). */
#define PASSWORD_HASHINGS(W)                                                                       \
    W(HASHING_MODULE_SHA256, "rabbit_password_hashing_sha256")                                     \
    W(HASHING_MODULE_SHA512, "rabbit_password_hashing_sha512")                                     \
    W(HASHING_MODULE_MD5, "rabbit_password_hashing_md5")

#define CREDENTIAL_VALIDATORS(W)                                                                   \
    W(VALIDATOR_NONE, "rabbit_credential_validator_accept_everything")                             \
    W(VALIDATOR_LENGTH, "rabbit_credential_validator_min_password_length")                         \
    W(VALIDATOR_PATTERN, "rabbit_credential_validator_password_regexp")

#define CHOICE_ENUMERATOR(enumerator, word) enumerator,
#define CHOICE_WORD(enumerator, word) word "|"
#define CHOICE_WORDS(list) list(CHOICE_WORD)

enum log_level { LOG_LEVELS(CHOICE_ENUMERATOR) };
enum log_formatter { LOG_FORMATTERS(CHOICE_ENUMERATOR) };
enum tls_verify_mode { TLS_VERIFY_MODES(CHOICE_ENUMERATOR) };
enum cert_login_source { CERT_LOGIN_SOURCES(CHOICE_ENUMERATOR) };
enum cert_login_san_type { CERT_LOGIN_SAN_TYPES(CHOICE_ENUMERATOR) };
enum rates_mode { RATES_MODES(CHOICE_ENUMERATOR) };
enum password_hashing_module { PASSWORD_HASHINGS(CHOICE_ENUMERATOR) };
enum credential_validator { CREDENTIAL_VALIDATORS(CHOICE_ENUMERATOR) };
enum default_queue_type { QUEUE_TYPES(CHOICE_ENUMERATOR) };

#endif
